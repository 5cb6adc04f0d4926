/** What people do to queues: pause, resume, drain, delete, and another priority for what waits. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { defaults } from "@polyglot/contracts";
import {
  ChangeQueueResponseSchema,
  type PolyglotService,
  PrioritiseWaitingResponseSchema,
} from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import type { QueueRegistry } from "../registry/queue-registry.ts";
import { cancelled } from "../registry/waiting-end.ts";
import type { Database, Queryable } from "../store/database.ts";
import { endWaiting } from "../store/ended-waiting.ts";
import { announceObjects, readObjectsOfKind, removeObjects } from "../store/objects.ts";
import { changeQueue, forgetQueue, prioritiseWaiting, readWaitingOf } from "../store/queue-changes.ts";
import { apiError } from "./api-error.ts";
import { resolveExecution } from "./executions.ts";
import { callingUser, principalKey } from "./interceptor.ts";
import { type ListingParts, listQueues, queueStateOf } from "./listings.ts";

const limits = {
  /** Executions named in one call. */
  named: 1_000,
  /** Waiting executions that one statement cancels. */
  batch: 1_000,
} as const;

export interface QueueParts extends ListingParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly registry: QueueRegistry;
}

type Methods = "changeQueue" | "prioritiseWaiting";

export function queueMethods(parts: QueueParts): Pick<ServiceImpl<typeof PolyglotService>, Methods> {
  const { database, registry, clock } = parts;
  return {
    async changeQueue({ name, change, force }, { values }) {
      const by = callingUser(values.get(principalKey));
      const known = (await listQueues(parts)).some((queue) => queue.name === name);
      if (!known) throw apiError("queue/unknown", `nothing declares, names or uses a queue '${name}'`, "name");
      if (change === "delete") {
        const count = await deleteQueue(parts, name, force);
        await registry.refresh();
        return create(ChangeQueueResponseSchema, { state: "deleted", cancelled: BigInt(count) });
      }
      const said = saidBy(change, registry.of(name).spec.paused, registry.of(name).isPaused);
      await changeQueue(database, { queue: name, by, ...said }, new Date(clock.now()));
      await registry.refresh();
      return create(ChangeQueueResponseSchema, { state: queueStateOf(registry, name) });
    },

    async prioritiseWaiting({ executionIds, queue, pipelineId, priority, importance }) {
      if (executionIds.length === 0 && queue === "" && pipelineId === "") {
        throw apiError("request/invalid", "name executions, a queue or a pipeline", "execution_ids");
      }
      if (executionIds.length > limits.named) {
        throw apiError("request/too-large", `at most ${limits.named} executions, got ${executionIds.length}`);
      }
      const ids = await Promise.all(executionIds.map((text) => resolveExecution(database, text)));
      const pipeline = pipelineId === "" ? undefined : parts.catalog.resolve(pipelineId);
      if (pipeline !== undefined && pipeline.kind !== "found") {
        throw apiError("pipeline/unknown", `no one pipeline '${pipelineId}' is registered`, "pipeline_id");
      }
      const filter = { executionIds: ids.length === 0 ? null : ids, queue, pipelineId: pipeline?.pipeline.id ?? "" };
      const changed = await prioritiseWaiting(database, filter, priority, importance ?? null);
      return create(PrioritiseWaitingResponseSchema, { changed: BigInt(changed) });
    },
  };
}

/** A word of a person stands above what is declared until the next one; where it says the same it is not needed. */
function saidBy(change: string, isDeclaredPaused: boolean, isPaused: boolean) {
  const paused = (wanted: boolean) => (wanted === isDeclaredPaused ? null : wanted);
  if (change === "pause") return { paused: paused(true), draining: false };
  if (change === "resume") return { paused: paused(false), draining: false };
  if (change === "drain") return { paused: paused(isPaused), draining: true };
  throw apiError("request/invalid", `a queue is paused, resumed, drained or deleted, got '${change}'`, "change");
}

/** Answers how many of what waited are cancelled. What runs goes on. */
async function deleteQueue({ database, clock }: QueueParts, name: string, force: boolean): Promise<number> {
  if (name === defaults.queue) throw apiError("queue/in-use", `the queue '${name}' is always there`, "name");
  const object = (await readObjectsOfKind(database, "Queue")).find((one) => one.name === name);
  if (object !== undefined && object.repository !== null) {
    throw apiError(
      "queue/in-use",
      `the repository '${object.repository}' declares '${name}' in ${object.file}`,
      "name",
    );
  }
  const [first] = await readWaitingOf(database, name, 1);
  if (first !== undefined && !force) {
    throw apiError("queue/in-use", `executions wait in the queue '${name}': drain it, or cancel them by force`, "name");
  }
  return database.transaction(async (transaction) => {
    const count = await cancelAll(transaction, name, new Date(clock.now()));
    await removeObjects(transaction, [{ kind: "Queue", namespace: "", name }], null);
    await forgetQueue(transaction, name);
    await announceObjects(transaction, ["Queue"]);
    return count;
  });
}

async function cancelAll(transaction: Queryable, queue: string, now: Date): Promise<number> {
  let count = 0;
  for (;;) {
    const batch = await readWaitingOf(transaction, queue, limits.batch);
    const message = `the queue '${queue}' was deleted`;
    const ends = batch.map((one) => cancelled({ executionId: one.execution_id, pipelineId: one.pipeline_id }, message));
    if (ends.length > 0) count += (await endWaiting(transaction, ends, now)).length;
    if (batch.length < limits.batch) return count;
  }
}
