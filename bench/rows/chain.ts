/** Forty sequential steps of a warm Python function in one execution: what each step adds, and the way there and back. */
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { BenchSystem } from "../bench-system.ts";
import { type Percentiles, percentiles } from "../percentiles.ts";

const runs = 50;

/** Milliseconds from the event's arrival to the outcome, one execution at a time. */
export async function sequentialSteps(system: BenchSystem): Promise<Percentiles> {
  const taken: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const { executionId } = await system.client.run({ pipelineId: "bench>Chain#Chain", inputs: { text: "hello" } });
    const { state, enqueuedAt, endedAt } = await system.client.waitExecution({ executionId, timeoutSeconds: 30 });
    if (state !== "succeeded" || enqueuedAt === undefined || endedAt === undefined) {
      throw new Error(`execution ${executionId} of the chain is ${state}`);
    }
    taken.push(timestampMs(endedAt) - timestampMs(enqueuedAt));
  }
  return percentiles(taken);
}
