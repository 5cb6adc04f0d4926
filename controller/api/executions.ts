import { create, type JsonObject } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { isOutcome } from "@polyglot/contracts";
import {
  type ActivationResult,
  ActivationResultSchema,
  ActivateResponseSchema,
  CancelExecutionResponseSchema,
  type Execution,
  ListExecutionsResponseSchema,
  type PolyglotService,
  RunResponseSchema,
} from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import type { ControllerMetrics } from "../observe/metrics.ts";
import type { QueueManager } from "../queue/queue-manager.ts";
import type { Queryable } from "../store/database.ts";
import { findExecutions, readAttemptHistory, readExecution, readExecutions } from "../store/listings.ts";
import type { ActivationDecision, ActivationRequest, Activator } from "../triggers/activator.ts";
import type { Catalog, RegisteredPipeline } from "../triggers/catalog.ts";
import type { OccurrenceDecision } from "../triggers/occurrences.ts";
import { apiError, apiErrorMessage } from "./api-error.ts";
import type { Endings } from "./endings.ts";
import { type Conditions, demandConditions } from "./needs.ts";
import { pageSize } from "./page-size.ts";
import type { RunningAttempts } from "./running-attempts.ts";
import { toExecution } from "./to-message.ts";
import { waitOf } from "./waits.ts";
import { withOpenSteps, withProgress } from "./with-progress.ts";

const limits = {
  events: 1_000,
  keyCharacters: 512,
  waitSeconds: 60,
  /** Of the attempts of one execution, as JSON: an answer that holds them is far below what a client takes. */
  stepBytes: 16 * 1024 * 1024,
} as const;

export interface ExecutionParts {
  readonly database: Queryable;
  readonly catalog: Catalog;
  readonly conditions: Conditions;
  readonly activator: Activator;
  readonly queue: QueueManager;
  readonly endings: Endings;
  readonly clock: Clock;
  readonly metrics: ControllerMetrics;
  readonly running: Pick<RunningAttempts, "of">;
}

type Methods = "activate" | "run" | "getExecution" | "waitExecution" | "listExecutions" | "cancelExecution";

export function executionMethods(parts: ExecutionParts): Pick<ServiceImpl<typeof PolyglotService>, Methods> {
  const { database, queue } = parts;
  return {
    async activate({ events }) {
      if (events.length > limits.events) {
        throw apiError("request/too-large", `at most ${limits.events} events at once, got ${events.length}`, "events");
      }
      const requests = events.map((event) =>
        toRequest(parts.clock, "api", {
          pipelineId: event.pipelineId,
          inputs: event.inputs,
          context: event.triggerContext,
          key: event.dedupeKey,
        }),
      );
      const decisions = await activate(parts, requests);
      return create(ActivateResponseSchema, { results: decisions.map(toResult) });
    },

    async run({ pipelineId: text, inputs, idempotencyKey, force }) {
      const pipeline = resolvePipeline(parts.catalog, text);
      const pipelineId = pipeline.id;
      if (!force) demandConditions(pipeline, parts.conditions);
      const request = toRequest(parts.clock, "run", { pipelineId, inputs, key: idempotencyKey });
      const [decision] = await activate(parts, [request]);
      if (decision === undefined) throw new Error("an event has a decision");
      if (decision.kind === "refused") throw apiError(decision.code, decision.message, decision.field);
      const { executionId, kind } = decision;
      return create(RunResponseSchema, { executionId, pipelineId, decision: kind });
    },

    async getExecution({ executionId }) {
      return readWhole(parts, await resolveExecution(database, executionId));
    },

    async waitExecution({ executionId, timeoutSeconds }, context) {
      const id = await resolveExecution(database, executionId);
      const seconds = Math.min(Math.max(timeoutSeconds, 0), limits.waitSeconds);
      await waitForEnd(parts, id, seconds * 1000, context);
      return readWhole(parts, id);
    },

    async listExecutions(request) {
      const rows = await readExecutions(database, {
        pipelineId: request.pipelineId === "" ? "" : idOf(parts.catalog, request.pipelineId),
        state: request.state,
        queue: request.queue,
        before: request.before === "" ? "" : await resolveExecution(database, request.before),
        limit: pageSize(request.limit),
      });
      return create(ListExecutionsResponseSchema, {
        executions: rows.map((row) => withOpenSteps(toExecution(row), parts.running)),
      });
    },

    async cancelExecution({ executionId, kill }) {
      const id = await resolveExecution(database, executionId);
      const told = await queue.cancel(id, kill ? "kill" : "cancel", "asked for through the API");
      if (told === "ended") throw apiError("execution/ended", `execution ${id} has an outcome already`);
      const row = await readExecution(database, id);
      return create(CancelExecutionResponseSchema, { state: row?.state ?? "cancelled" });
    },
  };
}

/** By full id, or by a name that only one pipeline has. */
export function resolvePipeline(catalog: Catalog, text: string): RegisteredPipeline {
  const found = catalog.resolve(text);
  if (found.kind === "found") return found.pipeline;
  if (found.kind === "ambiguous") {
    throw apiError("pipeline/ambiguous", `'${text}' is the name of ${found.ids.join(", ")}`, "pipeline_id");
  }
  throw apiError("pipeline/unknown", `no pipeline '${text}' is registered`, "pipeline_id");
}

/** Executions outlive their pipeline, so an id that is not registered any more is asked for as it is. */
export function idOf(catalog: Catalog, text: string): string {
  const found = catalog.resolve(text);
  if (found.kind === "ambiguous") return resolvePipeline(catalog, text).id;
  return found.kind === "found" ? found.pipeline.id : text;
}

const idPattern = /^[0-9a-f]{4,32}$/;

/** The id that begins so. */
export async function resolveExecution(database: Queryable, text: string): Promise<string> {
  const digits = text.toLowerCase().replaceAll("-", "");
  if (!idPattern.test(digits)) {
    throw apiError(
      "execution/unknown",
      `'${text}' is not an execution's id or its first 4 to 32 digits`,
      "execution_id",
    );
  }
  const [first, second] = await findExecutions(database, digits);
  if (first === undefined) throw apiError("execution/unknown", `no execution '${text}'`, "execution_id");
  if (second === undefined) return first;
  throw apiError("execution/unknown", `more than one execution begins with '${text}'`, "execution_id");
}

/** One after the other: the attempts are at least as new, so that an outcome never comes without its attempt. */
async function readWhole(
  { database, running, queue }: Pick<ExecutionParts, "database" | "running" | "queue">,
  id: string,
): Promise<Execution> {
  const row = await readExecution(database, id);
  if (row === undefined) throw apiError("execution/unknown", `no execution '${id}'`, "execution_id");
  const execution = toExecution(row, await readAttemptHistory(database, id, limits.stepBytes));
  const wait = await waitOf(execution, queue);
  if (wait !== undefined) execution.wait = wait;
  return withProgress(execution, running);
}

/** Listens before it looks, so that an end in between is not missed. */
export async function waitForEnd(
  parts: Pick<ExecutionParts, "database" | "endings" | "clock">,
  id: string,
  timeoutMs: number,
  context: Pick<HandlerContext, "signal">,
): Promise<void> {
  const { database, endings, clock } = parts;
  const ended = new AbortController();
  const stopWaiting = endings.onEnd(id, () => ended.abort());
  try {
    const row = await readExecution(database, id);
    if (row !== undefined && isOutcome(row.state)) return;
    await clock.sleep(timeoutMs, AbortSignal.any([ended.signal, context.signal]));
  } finally {
    stopWaiting();
  }
}

const activate = (parts: ExecutionParts, requests: readonly ActivationRequest[]): Promise<ActivationDecision[]> =>
  measured(parts, () => parts.activator.activate(requests));

/** Counted and timed. */
export async function measured<Decision extends Pick<OccurrenceDecision, "kind">>(
  { clock, metrics }: Pick<ExecutionParts, "clock" | "metrics">,
  commit: () => Promise<Decision[]>,
): Promise<Decision[]> {
  const startedAt = clock.monotonic();
  const decisions = await commit();
  metrics.observeActivation((clock.monotonic() - startedAt) / 1000);
  for (const kind of ["activated", "waiting", "duplicate", "refused"] as const) {
    metrics.countActivations(kind, decisions.filter((decision) => decision.kind === kind).length);
  }
  return decisions;
}

interface GivenEvent {
  readonly pipelineId: string;
  readonly inputs: JsonObject | undefined;
  readonly context?: JsonObject | undefined;
  readonly key: string;
}

function toRequest(clock: Clock, triggerName: string, event: GivenEvent): ActivationRequest {
  const { pipelineId, inputs = {}, context = {}, key } = event;
  checkKey(key, triggerName === "run" ? "idempotency_key" : "dedupe_key");
  const timestamp = new Date(clock.now()).toISOString();
  return {
    pipelineId,
    triggerName,
    triggerKey: null,
    triggerContext: { timestamp, ...context },
    inputs,
    // A key of a run and one of an event are different things even when they read the same.
    dedupeKey: key === "" ? null : `${triggerName}:${key}`,
    host: null,
  };
}

export function checkKey(key: string, field: string): void {
  if (key.length <= limits.keyCharacters && !key.includes("\0")) return;
  throw apiError("request/invalid", `a key has at most ${limits.keyCharacters} characters and no U+0000`, field);
}

function toResult(decision: ActivationDecision): ActivationResult {
  if (decision.kind !== "refused") {
    return create(ActivationResultSchema, { executionId: decision.executionId, decision: decision.kind });
  }
  const { code, message, field } = decision;
  return create(ActivationResultSchema, { decision: "refused", error: apiErrorMessage(code, message, field) });
}
