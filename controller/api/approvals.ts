/** People decide on what executions wait for. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { isOutcome } from "@polyglot/contracts";
import { ApproveExecutionResponseSchema, type PolyglotService } from "@polyglot/contracts/service";
import { type ApprovalRow, decideApproval, readApprovals } from "../store/approvals.ts";
import type { Database } from "../store/database.ts";
import { readStates } from "../store/listings.ts";
import { apiError } from "./api-error.ts";
import { resolveExecution } from "./executions.ts";
import { callingUser, principalKey } from "./interceptor.ts";
import { toApproval } from "./to-message.ts";

const limits = { replyCharacters: 4_096 } as const;

export interface ApprovalParts {
  readonly database: Database;
}

export function approvalMethods({
  database,
}: ApprovalParts): Pick<ServiceImpl<typeof PolyglotService>, "approveExecution"> {
  return {
    async approveExecution({ executionId: text, step, reject, message: reply }, { values }) {
      const decidedBy = callingUser(values.get(principalKey));
      checkReply(reply);
      const executionId = await resolveExecution(database, text);
      const nodeId = await chooseStep(database, executionId, step);
      const decision = reject ? "rejected" : "approved";
      const decided = await decideApproval(database, executionId, { nodeId, decision, decidedBy, reply });
      if (decided === undefined) throw await refusal(database, executionId, nodeId);
      return create(ApproveExecutionResponseSchema, { executionId, approval: toApproval(decided) });
    },
  };
}

function checkReply(reply: string): void {
  if (reply.length <= limits.replyCharacters && !reply.includes("\0")) return;
  const allowed = `at most ${limits.replyCharacters} characters and no U+0000`;
  throw apiError("request/invalid", `a message has ${allowed}, got ${reply.length} characters`, "message");
}

/** The step that was named, or the only one that waits. */
async function chooseStep(database: Database, executionId: string, step: string): Promise<string> {
  if (step !== "") return step;
  const [first, ...others] = (await readApprovals(database, executionId)).filter(({ decision }) => decision === null);
  if (first === undefined) throw await refusal(database, executionId, "");
  if (others.length === 0) return first.node_id;
  const steps = [first, ...others].map((one) => `${one.node_id} (${one.message})`).join(", ");
  throw apiError(
    "execution/no-approval",
    `execution ${executionId} waits at several steps; name one: ${steps}`,
    "step",
  );
}

/** Why there is nothing to decide. */
async function refusal(database: Database, executionId: string, nodeId: string): Promise<Error> {
  const asked = await readApprovals(database, executionId);
  const known = asked.find((one) => one.node_id === nodeId) ?? (asked.length === 1 ? asked[0] : undefined);
  if (known !== undefined && known.decision !== null) {
    return apiError("execution/no-approval", `step ${known.node_id} is ${decisionText(known)}`, "step");
  }
  const state = (await readStates(database, [executionId])).get(executionId) ?? "";
  if (isOutcome(state)) return apiError("execution/ended", `execution ${executionId} has an outcome already`);
  if (known?.expires_at != null && known.expires_at <= new Date()) {
    return apiError("execution/no-approval", `step ${known.node_id} waited until ${known.expires_at.toISOString()}`);
  }
  const where = nodeId === "" ? "" : ` at step '${nodeId.slice(0, 200)}'`;
  return apiError("execution/no-approval", `execution ${executionId} waits for no approval${where}`, "step");
}

function decisionText({ decision, decided_by, decided_at }: ApprovalRow): string {
  const by = decided_by === null ? "" : ` by ${decided_by}`;
  return `${decision}${by} since ${decided_at?.toISOString()}`;
}
