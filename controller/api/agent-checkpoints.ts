/** What running attempts commit of their steps, and what later attempts of the same execution read of it. */
import { create } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import {
  type AgentService,
  type ApprovalRequest,
  type Checkpoint,
  CheckpointPageSchema,
  SaveCheckpointResponseSchema,
} from "@polyglot/contracts/service";
import { GroupCommit } from "@polyglot/service";
import { type ApprovalQuestion, expireApprovals, readApprovals, requestApprovals } from "../store/approvals.ts";
import {
  type AttemptClaim,
  type CheckpointBatch,
  readCheckpoints,
  saveCheckpoints,
  type StoredCheckpoint,
} from "../store/checkpoints.ts";
import type { Database } from "../store/database.ts";
import { apiError } from "./api-error.ts";
import { callingAgent, principalKey } from "./interceptor.ts";
import { toApproval } from "./to-message.ts";

/** Requests of many attempts go into one commit; each is at most a message of an agent. */
const groupLimits = { maxItems: 100, maxConcurrent: 2 } as const;

/** Characters of endings in one page of an answer. */
const pageCharacters = 4 * 1024 * 1024;

export function checkpointMethods(
  database: Database,
): Pick<ServiceImpl<typeof AgentService>, "saveCheckpoint" | "readCheckpoint"> {
  const saves = new GroupCommit<CheckpointBatch, boolean>((batches) => saveCheckpoints(database, batches), groupLimits);
  return {
    async saveCheckpoint(request, context) {
      const attempt = claimOf(request, context);
      const checkpoints = request.checkpoints.map(toStored);
      let accepted = await saves.add({ attempt, checkpoints });
      if (accepted && request.approvals.length > 0) {
        accepted = await requestApprovals(database, attempt, request.approvals.map(toQuestion));
      }
      return create(SaveCheckpointResponseSchema, { accepted });
    },

    async *readCheckpoint(request, context) {
      const attempt = claimOf(request, context);
      if (!(await expireApprovals(database, attempt))) return;
      const approvals = await readApprovals(database, attempt.executionId);
      yield create(CheckpointPageSchema, { approvals: approvals.map(toApproval) });
      const stored = await readCheckpoints(database, attempt.executionId);
      for (const checkpoints of pagesOf(stored)) yield create(CheckpointPageSchema, { checkpoints });
    },
  };
}

interface AttemptRequest {
  readonly attempt?: { readonly executionId: string; readonly attemptNo: number } | undefined;
  readonly sessionId: string;
}

function claimOf({ attempt, sessionId }: AttemptRequest, { values }: HandlerContext): AttemptClaim {
  if (attempt === undefined) throw apiError("request/invalid", "the request names no attempt", "attempt");
  const { executionId, attemptNo } = attempt;
  return { executionId, attemptNo, sessionId, agentId: callingAgent(values.get(principalKey)) };
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

const toQuestion = ({ nodeId, message, timeoutSeconds }: ApprovalRequest): ApprovalQuestion => ({
  nodeId,
  message,
  timeoutSeconds: timeoutSeconds ?? null,
});

/** One that is no JSON would undo the batch of many attempts. */
function toStored({ nodeId, ending }: Checkpoint): StoredCheckpoint {
  try {
    const text = decoder.decode(ending);
    JSON.parse(text);
    return { nodeId, ending: text };
  } catch {
    throw apiError("request/invalid", `the ending of step '${nodeId.slice(0, 200)}' is not JSON in UTF-8`, "ending");
  }
}

function* pagesOf(stored: readonly StoredCheckpoint[]): Iterable<{ nodeId: string; ending: Uint8Array }[]> {
  let page: { nodeId: string; ending: Uint8Array }[] = [];
  let characters = 0;
  for (const { nodeId, ending } of stored) {
    page.push({ nodeId, ending: encoder.encode(ending) });
    characters += ending.length;
    if (characters < pageCharacters) continue;
    yield page;
    page = [];
    characters = 0;
  }
  if (page.length > 0) yield page;
}
