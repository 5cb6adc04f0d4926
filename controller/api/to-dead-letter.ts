import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type DeadLetter,
  type DeadLetterGroup,
  DeadLetterGroupSchema,
  DeadLetterSchema,
  ExecutionErrorSchema,
} from "@polyglot/contracts/service";
import { defaultKeepMs } from "../queue/dead-letter-retention.ts";
import type { DeadLetterGroupRow, DeadLetterRow } from "../store/dead-letters.ts";
import { optional, stored, time, toStruct } from "./to-message.ts";

/** `keepMs`: how long queues keep open ones, by name. */
export function toDeadLetter(row: DeadLetterRow, keepMs: ReadonlyMap<string, number>): DeadLetter {
  const isOpen = row.settled_as === null;
  const expiresAt = new Date(row.at.getTime() + (keepMs.get(row.queue) ?? defaultKeepMs));
  return create(DeadLetterSchema, {
    executionId: row.execution_id,
    pipelineId: row.pipeline_id,
    queue: row.queue,
    planDigest: row.plan_digest,
    inputs: toStruct(row.inputs),
    triggerContext: toStruct(row.trigger_context),
    attempts: row.attempt_no,
    at: timestampFromDate(row.at),
    reason: row.reason,
    fingerprint: row.fingerprint,
    state: row.settled_as ?? "open",
    requeuedAs: row.requeued_as ?? "",
    note: row.note ?? "",
    ...optional({
      error: stored(ExecutionErrorSchema, row.error),
      editedInputs: row.edited_inputs === null ? undefined : toStruct(row.edited_inputs),
      settledAt: time(row.settled_at),
      expiresAt: isOpen ? time(expiresAt) : undefined,
    }),
  });
}

export function toDeadLetterGroup(row: DeadLetterGroupRow): DeadLetterGroup {
  return create(DeadLetterGroupSchema, {
    fingerprint: row.fingerprint,
    pipelineId: row.pipeline_id,
    queue: row.queue,
    count: BigInt(row.letters),
    firstAt: timestampFromDate(row.first_at),
    lastAt: timestampFromDate(row.last_at),
    newestExecutionId: row.newest,
    ...optional({ error: stored(ExecutionErrorSchema, row.error) }),
  });
}
