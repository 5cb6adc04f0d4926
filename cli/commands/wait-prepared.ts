import { setTimeout as sleep } from "node:timers/promises";
import type { Condition, Pipeline } from "@polyglot/contracts/service";
import type { PolyglotClient } from "../client/api-client.ts";
import { Failure } from "../client/failure.ts";

/** Milliseconds between two looks. */
const lookMs = 500;

/** Ends when each of these pipelines can start on some agent. `deadlineMs` is a point of `performance.now()`. */
export async function waitPrepared(call: PolyglotClient, ids: readonly string[], deadlineMs: number): Promise<void> {
  const wanted = new Set(ids);
  while (wanted.size > 0) {
    const { pipelines } = await call.listPipelines({});
    const own = pipelines.filter(({ pipelineId }) => wanted.has(pipelineId));
    const [failed] = own.filter((pipeline) => preparedOf(pipeline)?.status === "False");
    if (failed !== undefined) throw new Failure("failed", said(failed));
    for (const pipeline of own) if (preparedOf(pipeline)?.status === "True") wanted.delete(pipeline.pipelineId);
    if (wanted.size === 0) return;
    if (performance.now() >= deadlineMs) {
      const open = own.filter(({ pipelineId }) => wanted.has(pipelineId)).map(said);
      throw new Failure("timeout", ["not prepared in the given time:", ...open].join("\n"));
    }
    await sleep(lookMs);
  }
}

const preparedOf = ({ conditions }: Pipeline): Condition | undefined =>
  conditions.find(({ type }) => type === "Prepared");

function said(pipeline: Pipeline): string {
  const { reason, message } = preparedOf(pipeline) ?? { reason: "Unknown", message: "" };
  return `${pipeline.pipelineId}: ${reason}: ${message}`;
}
