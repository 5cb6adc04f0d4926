/** What executions keep: put and got by their steps, listed and read by people. */
import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { splitPipelineId } from "@polyglot/contracts";
import {
  type AgentService,
  ArtifactChunkSchema,
  ArtifactSchema,
  GetArtifactResponseSchema,
  ListArtifactsResponseSchema,
  type PolyglotService,
  PutArtifactResponseSchema,
} from "@polyglot/contracts/service";
import type { QueueManager } from "../queue/queue-manager.ts";
import {
  type ArtifactRow,
  artifactLimits,
  getArtifact,
  putArtifact,
  readArtifact,
  readArtifacts,
} from "../store/artifacts.ts";
import type { Queryable } from "../store/database.ts";
import { apiError } from "./api-error.ts";
import { checkName } from "./canonical-bytes.ts";
import { resolveExecution } from "./executions.ts";
import { isExecutionId, runningStep, staleAttempt } from "./step-calls.ts";

const limits = {
  nameCharacters: 255,
  /** Of one artifact. */
  bytes: 16 * 1024 * 1024,
  chunkBytes: 256 * 1024,
} as const;

interface AgentParts {
  readonly database: Queryable;
  readonly queue: Pick<QueueManager, "callerOf">;
}

export function agentArtifactMethods({
  database,
  queue,
}: AgentParts): Pick<ServiceImpl<typeof AgentService>, "putArtifact" | "getArtifact"> {
  return {
    async putArtifact({ step: calling, name, content }, context) {
      const step = await runningStep(calling, context, queue);
      if (content.length > limits.bytes) {
        const message = `an artifact has at most ${limits.bytes} bytes, got ${content.length}`;
        throw apiError("request/too-large", message, "content");
      }
      const end = await putArtifact(database, step, checkName(name, limits.nameCharacters, "name"), content);
      if (end === "stale") throw staleAttempt(step);
      if (end === "full") throw apiError("request/too-large", fullMessage, "content");
      return create(PutArtifactResponseSchema);
    },

    async getArtifact({ step: calling, name, executionId }, context) {
      const step = await runningStep(calling, context, queue);
      const keeper = executionId === "" ? step.executionId : executionId;
      if (!isExecutionId(keeper)) throw apiError("execution/unknown", "the execution's id is no id", "execution_id");
      const { namespace } = splitPipelineId(step.pipelineId);
      const found = await getArtifact(database, step, keeper, namespace, name);
      if (found === "stale") throw staleAttempt(step);
      return create(GetArtifactResponseSchema, found.content === null ? {} : { content: found.content });
    },
  };
}

const fullMessage = `an execution keeps at most ${artifactLimits.names} artifacts of ${artifactLimits.bytes} bytes in all`;

export function userArtifactMethods({
  database,
}: Pick<AgentParts, "database">): Pick<ServiceImpl<typeof PolyglotService>, "listArtifacts" | "readArtifact"> {
  return {
    async listArtifacts({ executionId }) {
      const id = await resolveExecution(database, executionId);
      return create(ListArtifactsResponseSchema, { artifacts: (await readArtifacts(database, id)).map(toArtifact) });
    },

    async *readArtifact({ executionId, name }) {
      const id = await resolveExecution(database, executionId);
      const content = await readArtifact(database, id, name.replaceAll("\0", ""));
      if (content === undefined) {
        throw apiError("artifact/unknown", `execution ${id} keeps no artifact '${name.slice(0, 255)}'`, "name");
      }
      for (let at = 0; at < content.length; at += limits.chunkBytes) {
        yield create(ArtifactChunkSchema, { data: content.subarray(at, at + limits.chunkBytes) });
      }
    },
  };
}

const toArtifact = (row: ArtifactRow) =>
  create(ArtifactSchema, {
    executionId: row.execution_id,
    name: row.name,
    size: BigInt(row.size),
    attemptNo: row.attempt_no,
    at: timestampFromDate(row.at),
  });
