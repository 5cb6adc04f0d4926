/** Durable values of pipelines, for the steps of running attempts. Calls that arrive together are committed together. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  type AgentService,
  IncrementStateResponseSchema,
  ReadStateResponseSchema,
  WriteStateResponseSchema,
} from "@polyglot/contracts/service";
import { GroupCommit } from "@polyglot/service";
import type { QueueManager } from "../queue/queue-manager.ts";
import type { Queryable } from "../store/database.ts";
import { incrementState, readState, writeState } from "../store/pipeline-state.ts";
import { apiError } from "./api-error.ts";
import { checkName, decodeJson } from "./canonical-bytes.ts";
import { counted, runningStep } from "./step-calls.ts";

const limits = {
  keyCharacters: 512,
  valueBytes: 1024 * 1024,
} as const;

/** One at a time: what comes meanwhile goes together into the next one. */
const groupLimits = { maxItems: 500, maxConcurrent: 1 } as const;
/** Values are up to 1 MiB each. */
const writeLimits = { maxItems: 64, maxConcurrent: 1 } as const;

export interface StateParts {
  readonly database: Queryable;
  readonly queue: Pick<QueueManager, "callerOf">;
}

export function stateMethods({
  database,
  queue,
}: StateParts): Pick<ServiceImpl<typeof AgentService>, "readState" | "writeState" | "incrementState"> {
  const reads = new GroupCommit(
    (group: Parameters<typeof readState>[1][number][]) => readState(database, group),
    writeLimits,
  );
  const writes = new GroupCommit(
    (group: Parameters<typeof writeState>[1][number][]) => writeState(database, group),
    writeLimits,
  );
  const increments = new GroupCommit(
    (group: Parameters<typeof incrementState>[1][number][]) => incrementState(database, group),
    groupLimits,
  );
  return {
    async readState({ step: calling, key }, context) {
      const step = await runningStep(calling, context, queue);
      const { value } = counted(await reads.add({ ...step, key: checkName(key, limits.keyCharacters, "key") }), step);
      return create(ReadStateResponseSchema, value === null ? {} : { value: Buffer.from(value, "utf8") });
    },

    async writeState({ step: calling, key, value }, context) {
      const step = await runningStep(calling, context, queue);
      const text = value === undefined ? null : decodeJson(value, limits.valueBytes, "value").text;
      counted(await writes.add({ ...step, key: checkName(key, limits.keyCharacters, "key"), value: text }), step);
      return create(WriteStateResponseSchema);
    },

    async incrementState({ step: calling, key, by }, context) {
      const step = await runningStep(calling, context, queue);
      const { sum } = counted(
        await increments.add({ ...step, key: checkName(key, limits.keyCharacters, "key"), by: checkInt(by) }),
        step,
      );
      if (sum === null) {
        const message = `the state's '${key}' is no int to which ${by} can be added within ±(2^53-1)`;
        throw apiError("state/kind", message, "key");
      }
      return create(IncrementStateResponseSchema, { value: BigInt(sum) });
    },
  };
}

function checkInt(by: bigint): number {
  const number = Number(by);
  if (Number.isSafeInteger(number)) return number;
  throw apiError("request/invalid", `an increment is within ±(2^53-1), got ${by}`, "by");
}
