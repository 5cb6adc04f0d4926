/** Which dead letters: flags that all of the `dlq` commands take. */
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Flags } from "@oclif/core";
import { deadLetterReasons, parseDurationSeconds } from "@polyglot/contracts";
import { Failure } from "../client/failure.ts";

const filterGroup = { helpGroup: "FILTER", default: "" } as const;

export const deadLetterFlags = {
  queue: Flags.string({ ...filterGroup, description: "kept by this queue" }),
  pipeline: Flags.string({ ...filterGroup, description: "of this pipeline" }),
  fingerprint: Flags.string({ ...filterGroup, description: "of this kind of failure (dlq list --group)" }),
  error: Flags.string({ ...filterGroup, description: "with an error of this type, as 'py\\!ValueError'" }),
  reason: Flags.option({
    helpGroup: "FILTER",
    description: "why no attempt follows",
    options: deadLetterReasons,
  })(),
  newer: Flags.string({ ...filterGroup, description: "buried within this time, as 2h or 7d" }),
  older: Flags.string({ ...filterGroup, description: "buried longer ago than this" }),
};

export interface DeadLetterFlags {
  readonly queue: string;
  readonly pipeline: string;
  readonly fingerprint: string;
  readonly error: string;
  readonly reason?: string | undefined;
  readonly newer: string;
  readonly older: string;
}

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

export const allFlag = Flags.boolean({
  helpGroup: "FILTER",
  description: "every dead letter there is",
  default: false,
});

function spanMs(flag: string, text: string): number {
  const seconds = parseDurationSeconds(text);
  if (seconds === undefined) throw new Failure("usage", `${flag} takes a time such as 30m, 2h or 7d, got '${text}'`);
  return seconds * 1_000;
}
