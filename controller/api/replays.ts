/** Executions that begin with what one before them had committed. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { createExecutionId, isOutcome, type PipelineId } from "@polyglot/contracts";
import { type PolyglotService, ReplayExecutionResponseSchema } from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import { findFirstExecutions, insertReplays } from "../store/activations.ts";
import type { Queryable } from "../store/database.ts";
import { type ExecutionRow, readExecution } from "../store/listings.ts";
import { apiError } from "./api-error.ts";
import { checkKey, resolveExecution } from "./executions.ts";

export interface ReplayParts {
  readonly database: Queryable;
  readonly clock: Clock;
}

export function replayMethods({
  database,
  clock,
}: ReplayParts): Pick<ServiceImpl<typeof PolyglotService>, "replayExecution"> {
  return {
    async replayExecution({ executionId: text, fromStart, idempotencyKey, retry }) {
      checkKey(idempotencyKey, "idempotency_key");
      const original = await readEnded(database, await resolveExecution(database, text), retry);
      const of = original.execution_id;
      const pipelineId = original.pipeline_id as PipelineId;
      const activationId = createExecutionId();
      const at = new Date(clock.now());
      // A retry is one, however often it is asked for.
      const dedupeKey = retry ? `retry:${of}` : idempotencyKey === "" ? null : `replay:${idempotencyKey}`;
      const triggerName = retry ? "retry" : "replay";
      const triggerContext = { timestamp: at.toISOString(), replay_of: of };
      const replay = { of, activationId, dedupeKey, triggerName, triggerContext, at, fromStart };
      if ((await insertReplays(database, [replay])).has(activationId)) {
        return create(ReplayExecutionResponseSchema, { executionId: activationId, pipelineId, decision: "activated" });
      }
      const first = await findFirstExecutions(database, [{ pipelineId, dedupeKey: dedupeKey ?? "" }]);
      const executionId = first.get(`${pipelineId}\n${dedupeKey}`);
      if (executionId === undefined) throw new Error(`replay ${activationId} was neither stored nor a duplicate`);
      return create(ReplayExecutionResponseSchema, { executionId, pipelineId, decision: "duplicate" });
    },
  };
}

async function readEnded(database: Queryable, id: string, retry: boolean): Promise<ExecutionRow> {
  const row = await readExecution(database, id);
  if (row === undefined) throw apiError("execution/unknown", `no execution '${id}'`, "execution_id");
  if (!isOutcome(row.state)) {
    const message = `execution ${id} is ${row.state}: only one that has ended can begin anew`;
    throw apiError("execution/not-ended", message, "execution_id");
  }
  if (row.trigger_name === "background") {
    const message = `execution ${id} is a background branch, which begins with its run: replay ${row.parent_id}`;
    throw apiError("request/invalid", message, "execution_id");
  }
  if (retry && row.state === "succeeded") {
    throw apiError("execution/ended", `execution ${id} succeeded: a replay runs it again`, "execution_id");
  }
  return row;
}
