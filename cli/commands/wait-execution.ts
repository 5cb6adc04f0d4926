import { isOutcome } from "@polyglot/contracts";
import type { Execution } from "@polyglot/contracts/service";
import type { PolyglotClient } from "../client/api-client.ts";
import { Failure } from "../client/failure.ts";

/** Seconds of one call; the method takes at most 60, and a shorter one notices a dead connection sooner. */
const roundSeconds = 30;

/** The execution with its outcome. `deadlineMs` is a point of `performance.now()`. */
export async function waitExecution(call: PolyglotClient, executionId: string, deadlineMs: number): Promise<Execution> {
  for (;;) {
    const left = (deadlineMs - performance.now()) / 1000;
    if (left <= 0) throw new Failure("timeout", `${executionId} has not ended in the given time`);
    const execution = await call.waitExecution({ executionId, timeoutSeconds: Math.min(roundSeconds, left) });
    if (isOutcome(execution.state)) return execution;
  }
}
