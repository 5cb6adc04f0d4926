/** From rows of the store to messages of the contract. */
import {
  create,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type MessageShape,
} from "@bufbuild/protobuf";
import { type Timestamp, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Condition as StoredCondition } from "@polyglot/contracts";
import {
  type Activation,
  ActivationSchema,
  type Agent,
  AgentRuntimeSchema,
  AgentSchema,
  type Approval,
  ApprovalSchema,
  type Attempt,
  AttemptSchema,
  type Condition,
  ConditionSchema,
  type Execution,
  ExecutionErrorSchema,
  ExecutionSchema,
  HostSampleSchema,
  type LogLine,
  LogLineSchema,
  MetricsSchema,
  StepSummarySchema,
} from "@polyglot/contracts/service";
import type { ApprovalRow } from "../store/approvals.ts";
import type { ActivationRow } from "../store/activation-log.ts";
import type { AgentRow, AttemptRow, ExecutionRow, LogRow } from "../store/listings.ts";

export function toExecution(row: ExecutionRow, attempts: readonly AttemptRow[] = []): Execution {
  const ended = attempts.map(toAttempt);
  return create(ExecutionSchema, {
    executionId: row.execution_id,
    pipelineId: row.pipeline_id,
    planDigest: row.plan_digest,
    revision: row.revision ?? "",
    queue: row.queue,
    priority: row.priority,
    state: row.state,
    attemptNo: row.attempt_no,
    maxAttempts: row.max_attempts,
    agentId: row.agent_id ?? "",
    trigger: row.trigger_name,
    inputs: toStruct(row.inputs),
    triggerContext: toStruct(row.trigger_context),
    steps: ended.find((attempt) => attempt.attemptNo === row.attempt_no)?.steps ?? [],
    attempts: ended,
    parentId: row.parent_id ?? "",
    childIds: [...row.child_ids],
    ...optional({
      outputs: row.outputs === null ? undefined : toStruct(row.outputs),
      enqueuedAt: time(row.enqueued_at),
      startedAt: time(row.started_at),
      endedAt: time(row.ended_at),
      error: stored(ExecutionErrorSchema, row.error),
      metrics: stored(MetricsSchema, row.metrics),
      exitCode: row.exit_code ?? undefined,
    }),
    approvals: (row.approvals ?? []).flatMap((approval) => stored(ApprovalSchema, approval) ?? []),
    replayOf: replayedBy(row),
  });
}

/** What the method that replays and retries writes. */
function replayedBy({ trigger_name, trigger_context }: ExecutionRow): string {
  const { replay_of: of } = trigger_context;
  return (trigger_name === "replay" || trigger_name === "retry") && typeof of === "string" ? of : "";
}

export function toApproval(row: ApprovalRow): Approval {
  return create(ApprovalSchema, {
    nodeId: row.node_id,
    message: row.message,
    decision: row.decision ?? "",
    decidedBy: row.decided_by ?? "",
    reply: row.reply,
    ...optional({
      requestedAt: time(row.requested_at),
      expiresAt: time(row.expires_at),
      decidedAt: time(row.decided_at),
    }),
  });
}

export function toAttempt(row: AttemptRow): Attempt {
  return create(AttemptSchema, {
    attemptNo: row.attempt_no,
    agentId: row.agent_id ?? "",
    outcome: row.outcome,
    cleanup: row.cleanup,
    steps: (row.steps ?? []).flatMap((step) => stored(StepSummarySchema, step) ?? []),
    ...optional({
      claimedAt: time(row.claimed_at),
      startedAt: time(row.started_at),
      endedAt: time(row.ended_at),
      error: stored(ExecutionErrorSchema, row.error),
      metrics: stored(MetricsSchema, row.metrics),
    }),
  });
}

export function toLogLine(executionId: string, row: LogRow): LogLine {
  return create(LogLineSchema, {
    executionId,
    attemptNo: row.attempt_no,
    sequence: BigInt(row.sequence),
    level: row.level,
    nodeId: row.node_id,
    text: row.line,
    at: timestampFromDate(row.at),
  });
}

export function toActivation(row: ActivationRow): Activation {
  return create(ActivationSchema, {
    activationId: row.activation_id,
    pipelineId: row.pipeline_id,
    trigger: row.trigger_name,
    triggerContext: toStruct(row.trigger_context),
    executionId: row.execution_id ?? "",
    at: timestampFromDate(row.at),
    revision: row.revision ?? "",
    decision: row.decision,
    reason: row.reason,
    times: row.times,
    triggerKey: row.trigger_key ?? "",
  });
}

/** What `describe` and `toSample` of the agent's stream stored. */
interface StoredHello {
  readonly host?: string;
  readonly labels?: Record<string, string>;
  readonly runtimes?: { name: string; version: string; path: string; usable: boolean; problem: string }[];
  readonly capacity?: number;
  readonly containment?: { readonly level?: string } | null;
  readonly version?: string;
}

export function toAgent(row: AgentRow): Agent {
  const hello = row.hello as StoredHello;
  const sample = row.sample as { readonly host?: JsonValue; readonly running?: number } | null;
  return create(AgentSchema, {
    agentId: row.agent_id,
    host: hello.host ?? "",
    state: row.connected ? "connected" : "lost",
    labels: hello.labels ?? {},
    runtimes: (hello.runtimes ?? []).map((runtime) => create(AgentRuntimeSchema, runtime)),
    capacity: hello.capacity ?? 0,
    running: row.connected ? (sample?.running ?? 0) : 0,
    leaseUntil: timestampFromDate(row.lease_until),
    containment: hello.containment?.level ?? "",
    version: hello.version ?? "",
    cordonedBy: row.cordoned_by ?? "",
    ...optional({ sample: stored(HostSampleSchema, sample?.host) }),
  });
}

export function toCondition(condition: StoredCondition): Condition {
  const { type, status, reason, message, last_transition_at } = condition;
  const lastTransitionAt = timestampFromDate(new Date(last_transition_at));
  return create(ConditionSchema, { type, status, reason, message, lastTransitionAt });
}

/** Canonical values are JSON already; the contract's Struct takes them as they are. */
export const toStruct = (values: object): JsonObject => values as JsonObject;

export const time = (date: Date | null): Timestamp | undefined => (date === null ? undefined : timestampFromDate(date));

/** What the store keeps of a message; undefined where it keeps none. */
export function stored<Desc extends DescMessage>(
  schema: Desc,
  json: JsonValue | object | null | undefined,
): MessageShape<Desc> | undefined {
  if (json === null || json === undefined) return undefined;
  // A newer controller beside this one may have written fields that this one does not know.
  return fromJson(schema, json as JsonValue, { ignoreUnknownFields: true });
}

/** Leaves out what is undefined: a field of a message is there or it is not. */
export function optional<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: NonNullable<Fields[Name]>;
  };
}
