/**
 * What people are asked, and what they decide.
 *
 *     (asked by an attempt) ──> undecided ──> approved | rejected     by a person, once
 *                                   ├──────> expired                 nobody decided in time
 *                                   └──────> (withdrawn)             nothing waits for it any more
 */
import type { AttemptClaim } from "./checkpoints.ts";
import type { Database, Queryable } from "./database.ts";
import type { Settlement } from "./executions.ts";
import { sqlFile } from "./sql-file.ts";

const requestQuery = sqlFile("request-approvals");
const expireQuery = sqlFile("expire-approvals");
const readQuery = sqlFile("read-approvals");
const lockQuery = sqlFile("lock-execution");
const suspendQuery = sqlFile("suspend");
const decideQuery = sqlFile("decide-approval");

export interface ApprovalQuestion {
  readonly nodeId: string;
  readonly message: string;
  /** From its commit on; null: it waits without end. */
  readonly timeoutSeconds: number | null;
}

export interface ApprovalRow {
  readonly node_id: string;
  readonly message: string;
  readonly requested_at: Date;
  readonly expires_at: Date | null;
  readonly decision: "approved" | "rejected" | "expired" | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly reply: string;
}

/** Whether the attempt runs; for any other one nothing is asked. */
export async function requestApprovals(
  database: Queryable,
  attempt: AttemptClaim,
  questions: readonly ApprovalQuestion[],
): Promise<boolean> {
  const rows = await database.query(requestQuery, [
    ...keyOf(attempt),
    questions.map((one) => one.nodeId),
    questions.map((one) => one.message),
    questions.map((one) => one.timeoutSeconds),
  ]);
  return rows.length > 0;
}

/** Decides what nobody has decided in time. Whether the attempt runs. */
export async function expireApprovals(database: Queryable, attempt: AttemptClaim): Promise<boolean> {
  return (await database.query(expireQuery, keyOf(attempt))).length > 0;
}

const keyOf = ({ executionId, attemptNo, sessionId, agentId }: AttemptClaim) => [
  executionId,
  attemptNo,
  sessionId,
  agentId,
];

export function readApprovals(database: Queryable, executionId: string): Promise<ApprovalRow[]> {
  return database.query<ApprovalRow>(readQuery, [executionId]);
}

export type Suspension = Pick<
  Settlement,
  "executionId" | "attemptNo" | "sessionId" | "metrics" | "steps" | "cleanup" | "startedAt" | "endedAt"
> & {
  /** Without these nothing goes on. */
  readonly waitsFor: readonly string[];
};

/** Whether the attempt ran; a stale one changes nothing. The lock keeps a decision from falling between look and write. */
export function suspendAttempt(database: Database, suspension: Suspension): Promise<boolean> {
  const { executionId, attemptNo, sessionId, waitsFor, metrics, steps, cleanup, startedAt, endedAt } = suspension;
  return database.transaction(async (transaction) => {
    await transaction.query(lockQuery, [executionId]);
    const values = [executionId, attemptNo, sessionId, waitsFor, metrics, steps, cleanup, startedAt, endedAt];
    return (await transaction.query(suspendQuery, values)).length > 0;
  });
}

export interface Decision {
  readonly nodeId: string;
  readonly decision: "approved" | "rejected";
  readonly decidedBy: string;
  readonly reply: string;
}

/** Undefined where it was decided before, expired or withdrawn, or where the execution has ended. */
export function decideApproval(
  database: Database,
  executionId: string,
  { nodeId, decision, decidedBy, reply }: Decision,
): Promise<ApprovalRow | undefined> {
  return database.transaction(async (transaction) => {
    await transaction.query(lockQuery, [executionId]);
    const values = [executionId, nodeId, decision, decidedBy, reply];
    return (await transaction.query<ApprovalRow>(decideQuery, values))[0];
  });
}
