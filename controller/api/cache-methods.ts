/** The cache of a namespace, for the steps of running attempts. Losing it loses no work. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { splitPipelineId } from "@polyglot/contracts";
import { type AgentService, ReadCacheResponseSchema, WriteCacheResponseSchema } from "@polyglot/contracts/service";
import type { QueueManager } from "../queue/queue-manager.ts";
import { apiError } from "./api-error.ts";
import type { Cache } from "./cache.ts";
import { checkName, decodeJson } from "./canonical-bytes.ts";
import { runningStep } from "./step-calls.ts";

const limits = {
  keyCharacters: 512,
  valueBytes: 1024 * 1024,
} as const;

export interface CacheParts {
  readonly cache: Cache;
  readonly queue: Pick<QueueManager, "callerOf">;
}

export function cacheMethods({
  cache,
  queue,
}: CacheParts): Pick<ServiceImpl<typeof AgentService>, "readCache" | "writeCache"> {
  return {
    async readCache({ step: calling, key }, context) {
      const { namespace } = splitPipelineId((await runningStep(calling, context, queue)).pipelineId);
      const value = await cache.get(namespace, checkName(key, limits.keyCharacters, "key"));
      return create(ReadCacheResponseSchema, value === undefined ? {} : { value });
    },

    async writeCache({ step: calling, key, value, validMs }, context) {
      const { namespace } = splitPipelineId((await runningStep(calling, context, queue)).pipelineId);
      decodeJson(value, limits.valueBytes, "value");
      if (!(validMs >= 0))
        throw apiError("request/invalid", `a cached value is good for 0 ms or more, got ${validMs}`, "valid_ms");
      await cache.set(namespace, checkName(key, limits.keyCharacters, "key"), value, validMs);
      return create(WriteCacheResponseSchema);
    },
  };
}
