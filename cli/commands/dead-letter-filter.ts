/** What the flags of the `dlq` commands say, as the API takes it. */
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { parseDurationSeconds } from "@polyglot/contracts";
import { Failure } from "../client/failure.ts";
import type { DeadLetterFlags } from "./dead-letter-flags.ts";

export function toDeadLetterFilter(flags: DeadLetterFlags, ids: readonly string[], nowMs: number) {
  const { queue, pipeline, fingerprint, error, reason = "", newer, older } = flags;
  return {
    ...{ queue, fingerprint, reason, pipelineId: pipeline, errorType: error, executionIds: [...ids] },
    ...(newer !== "" && { since: timestampFromMs(nowMs - spanMs("--newer", newer)) }),
    ...(older !== "" && { until: timestampFromMs(nowMs - spanMs("--older", older)) }),
  };
}

/** For commands that change: without a word it would be all of them. */
export function toChangedFilter(
  flags: DeadLetterFlags & { readonly all: boolean },
  ids: readonly string[],
  nowMs: number,
) {
  const filter = toDeadLetterFilter(flags, ids, nowMs);
  const says = ids.length > 0 || Object.values(filter).some((value) => typeof value !== "object" && value !== "");
  const isBound = says || flags.newer !== "" || flags.older !== "";
  if (isBound === flags.all)
    throw new Failure("usage", isBound ? bothWays : "which dead letters? Ids, a filter, or --all");
  return flags.all ? { ...filter, since: timestampFromMs(0) } : filter;
}

const bothWays = "--all is for every dead letter: leave it out beside ids or a filter";

function spanMs(flag: string, text: string): number {
  const seconds = parseDurationSeconds(text);
  if (seconds === undefined) throw new Failure("usage", `${flag} takes a time such as 30m, 2h or 7d, got '${text}'`);
  return seconds * 1_000;
}
