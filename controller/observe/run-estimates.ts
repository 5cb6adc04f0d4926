/** How long runs of pipelines take, by the history of the last day. A pipeline that never ran has no estimate. */
import type { Clock } from "@polyglot/service";
import type { Queryable } from "../store/database.ts";
import { readRunEstimates, type RunEstimate } from "../store/run-estimates.ts";
import { PipelineReadings } from "./pipeline-readings.ts";

const limits = { sinceMs: 86_400_000 } as const;

export class RunEstimates extends PipelineReadings<RunEstimate> {
  constructor(database: Queryable, clock: Clock) {
    super(clock, (ids, nowMs) => readRunEstimates(database, ids, new Date(nowMs - limits.sinceMs)));
  }
}
