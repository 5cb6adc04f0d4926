/** How dead letters are shown. */
import {
  type Attempt,
  type DeadLetterDetails,
  DeadLetterDetailsSchema,
  DeadLetterGroupSchema,
  DeadLetterSchema,
  RequeuedDeadLetterSchema,
} from "@polyglot/contracts/service";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { formatAge, formatSpan, shorten } from "./amounts.ts";
import { colourState } from "./colour.ts";
import { errorLine } from "./error-line.ts";
import type { View } from "./format.ts";
import { valueText } from "./value-text.ts";

export const deadLetterView: View<typeof DeadLetterSchema> = {
  schema: DeadLetterSchema,
  name: (row) => row.executionId,
  columns: [
    { title: "EXECUTION", text: (row) => row.executionId },
    { title: "PIPELINE", text: (row) => row.pipelineId },
    { title: "QUEUE", text: (row) => row.queue },
    { title: "STATE", text: (row) => row.state },
    { title: "ATTEMPTS", text: (row) => String(row.attempts), align: "right" },
    { title: "REASON", text: (row) => row.reason },
    { title: "FINGERPRINT", text: (row) => row.fingerprint, wide: true },
    { title: "REQUEUED AS", text: (row) => row.requeuedAs, wide: true },
    { title: "AGE", text: (row, now) => formatAge(row.at, now), align: "right" },
    { title: "ERROR", text: (row) => (row.error ? errorLine(row.error) : "") },
  ],
};

export const deadLetterGroupView: View<typeof DeadLetterGroupSchema> = {
  schema: DeadLetterGroupSchema,
  name: (row) => row.fingerprint,
  columns: [
    { title: "FINGERPRINT", text: (row) => row.fingerprint },
    { title: "COUNT", text: (row) => String(row.count), align: "right" },
    { title: "PIPELINE", text: (row) => row.pipelineId },
    { title: "QUEUE", text: (row) => row.queue },
    { title: "FIRST", text: (row, now) => formatAge(row.firstAt, now), align: "right" },
    { title: "LAST", text: (row, now) => formatAge(row.lastAt, now), align: "right" },
    { title: "NEWEST", text: (row) => row.newestExecutionId, wide: true },
    { title: "ERROR", text: (row) => (row.error ? errorLine(row.error) : "") },
  ],
};

export const deadLetterDetailsView: View<typeof DeadLetterDetailsSchema> = {
  schema: DeadLetterDetailsSchema,
  name: (row) => row.deadLetter?.executionId ?? "",
  columns: [
    { title: "EXECUTION", text: (row) => row.deadLetter?.executionId ?? "" },
    { title: "PIPELINE", text: (row) => row.deadLetter?.pipelineId ?? "" },
    { title: "QUEUE", text: (row) => row.deadLetter?.queue ?? "" },
    { title: "STATE", text: (row) => row.deadLetter?.state ?? "" },
    { title: "REASON", text: (row) => row.deadLetter?.reason ?? "" },
    { title: "FINGERPRINT", text: (row) => row.deadLetter?.fingerprint ?? "" },
    { title: "AGE", text: (row, now) => formatAge(row.deadLetter?.at, now), align: "right" },
  ],
  details: (row, nowMs) => details(row, nowMs),
};

export const requeuedView: View<typeof RequeuedDeadLetterSchema> = {
  schema: RequeuedDeadLetterSchema,
  name: (row) => row.requeuedAs,
  columns: [
    { title: "EXECUTION", text: (row) => row.executionId },
    { title: "DECISION", text: (row) => row.decision },
    { title: "REQUEUED AS", text: (row) => row.requeuedAs },
    { title: "PROBLEM", text: (row) => row.error?.message ?? "" },
  ],
};

function details({ deadLetter, attempts, currentPlanDigest }: DeadLetterDetails, nowMs: number): string[] {
  if (deadLetter === undefined) return [];
  const { inputs = {}, editedInputs, triggerContext = {}, planDigest, requeuedAs, note, expiresAt } = deadLetter;
  const lines = [`inputs:   ${valueText(inputs)}`];
  if (editedInputs !== undefined) lines.push(`edited:   ${valueText(editedInputs)}`);
  lines.push(`context:  ${valueText(triggerContext)}`, `plan:     ${planText(planDigest, currentPlanDigest)}`);
  for (const attempt of attempts) lines.push(...attemptLines(attempt, nowMs));
  if (requeuedAs !== "") lines.push(`requeued: ${requeuedAs}`);
  if (note !== "") lines.push(`note:     ${note}`);
  if (expiresAt !== undefined) lines.push(`kept until ${timestampDate(expiresAt).toISOString()}`);
  return lines;
}

function planText(digest: string, current: string): string {
  if (current === digest) return `${shorten(digest)}, which the pipeline still has`;
  if (current === "") return `${shorten(digest)}; the pipeline is not registered any more`;
  return `${shorten(digest)}; the pipeline has ${shorten(current)} now (dlq requeue --current-plan)`;
}

function attemptLines({ attemptNo, outcome, agentId, startedAt, endedAt, error }: Attempt, nowMs: number): string[] {
  const took = startedAt === undefined ? "" : ` in ${formatSpan(startedAt, endedAt, nowMs)}`;
  const first = `attempt ${attemptNo}: ${colourState(outcome)}${took} on ${agentId}, ${formatAge(endedAt, nowMs)} ago`;
  if (error === undefined) return [first];
  const trace = error.trace.trimEnd();
  return [first, `    ${errorLine(error)}`, ...(trace === "" ? [] : trace.split("\n").map((line) => `      ${line}`))];
}
