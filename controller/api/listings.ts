import { create, type JsonObject, type JsonValue, fromJson } from "@bufbuild/protobuf";
import { timestampFromDate, timestampFromMs, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  type CanonicalValue,
  createPipelineId,
  defaults,
  gitRepository,
  type Plan,
  type PlanInput,
  splitPipelineId,
  type TriggerRegistration,
} from "@polyglot/contracts";
import {
  DiagnosticSchema,
  ListActivationsResponseSchema,
  ListAgentsResponseSchema,
  ListPipelinesResponseSchema,
  ListQueuesResponseSchema,
  ListRepositoriesResponseSchema,
  ListTriggersResponseSchema,
  type Pipeline,
  type PipelineDescription,
  PipelineDescriptionSchema,
  PipelineInputSchema,
  PipelineSchema,
  type PolyglotService,
  type Queue,
  QueueSchema,
  type Repository,
  RepositorySchema,
  SourcePositionSchema,
  TriggerSchema,
} from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import { revisionOf, revisionText } from "../gitops/git-revision.ts";
import { parseStatus, type StoredDiagnostic } from "../gitops/repository-status.ts";
import type { Policies } from "../policies/policy-book.ts";
import type { Queryable } from "../store/database.ts";
import { passingDecisions, readActivations } from "../store/activation-log.ts";
import { readAgents, readInventory, readQueueRates, readQueues, readShares } from "../store/listings.ts";
import { weightOf } from "../registry/queue-definition.ts";
import type { QueueManager } from "../queue/queue-manager.ts";
import type { QueueRegistry } from "../registry/queue-registry.ts";
import { readObjectsOfKind, type StoredObject } from "../store/objects.ts";
import {
  type RecordedRevision,
  readRepositoryOrders,
  readRevisions,
  type RepositoryOrders,
} from "../store/revisions.ts";
import type { PlanCache, StoredPlan } from "../store/plan-cache.ts";
import type { Catalog } from "../triggers/catalog.ts";
import type { RecentFigures } from "../observe/queue-figures.ts";
import { conditionOf } from "../triggers/conditions/condition.ts";
import type { EndpointTable, RegisteredEndpoint } from "../triggers/endpoints/endpoint-table.ts";
import type { MessageTriggers } from "../triggers/messages/message-triggers.ts";
import { apiError } from "./api-error.ts";
import { placesOf, splitFigures, utilisationOf } from "./queue-figures.ts";
import { idOf, resolvePipeline } from "./executions.ts";
import { type Conditions, detailsOf, listNeeds } from "./needs.ts";
import { pageSize } from "./page-size.ts";
import type { RunningAttempts } from "./running-attempts.ts";
import { optional, toActivation, toAgent, toCondition, toStruct } from "./to-message.ts";
import { toSettingList } from "./to-settings.ts";

/** The window of `readQueueRates`. */
const rateSeconds = 60;

export interface ListingParts {
  readonly queue: Pick<QueueManager, "learned">;
  readonly database: Queryable;
  readonly figures: RecentFigures;
  readonly catalog: Catalog;
  readonly plans: PlanCache;
  readonly policies: Policies;
  readonly clock: Clock;
  readonly registry: QueueRegistry;
  readonly running: Pick<RunningAttempts, "of">;
  readonly endpoints: Pick<EndpointTable, "all">;
  readonly conditions: Conditions;
  readonly messages: Pick<MessageTriggers, "standingOf">;
}

type Methods =
  | "listPipelines"
  | "describePipeline"
  | "listRepositories"
  | "listQueues"
  | "listAgents"
  | "listTriggers"
  | "listActivations";

export function listingMethods(parts: ListingParts): Pick<ServiceImpl<typeof PolyglotService>, Methods> {
  const { database, catalog } = parts;
  return {
    async listPipelines({ namespace }) {
      return create(ListPipelinesResponseSchema, { pipelines: await listPipelines(parts, namespace) });
    },
    async describePipeline({ pipelineId }) {
      return describePipeline(parts, pipelineId);
    },
    async listRepositories() {
      return create(ListRepositoriesResponseSchema, { repositories: await listRepositories(database) });
    },
    async listQueues() {
      return create(ListQueuesResponseSchema, { queues: await listQueues(parts) });
    },
    async listAgents() {
      return create(ListAgentsResponseSchema, { agents: (await readAgents(database)).map(toAgent) });
    },
    async listTriggers() {
      return create(ListTriggersResponseSchema, { triggers: listTriggers(parts) });
    },
    async listActivations({ pipelineId, decision, limit }) {
      const words = ["", "activated", ...passingDecisions];
      if (!words.includes(decision)) {
        const message = `a decision is one of ${words.slice(1).join(", ")}, got '${decision.slice(0, 100)}'`;
        throw apiError("request/invalid", message, "decision");
      }
      const id = pipelineId === "" ? "" : idOf(catalog, pipelineId);
      const rows = await readActivations(database, id, decision, pageSize(limit));
      return create(ListActivationsResponseSchema, { activations: rows.map(toActivation) });
    },
  };
}

async function listPipelines(
  { database, plans, policies }: ListingParts,
  namespace: string,
  name?: string,
): Promise<Pipeline[]> {
  const all = await readObjectsOfKind(database, "Pipeline");
  const objects = all.filter(
    (object) => (namespace === "" || object.namespace === namespace) && (name === undefined || object.name === name),
  );
  await plans.load(objects.map((object) => object.spec_digest));
  return objects.map((object) => toPipeline(object, plans.get(object.spec_digest), policies));
}

async function describePipeline(parts: ListingParts, text: string): Promise<PipelineDescription> {
  const registered = resolvePipeline(parts.catalog, text);
  const { namespace, name } = splitPipelineId(registered.id);
  const [pipeline] = await listPipelines(parts, namespace, name);
  if (pipeline === undefined) throw apiError("pipeline/unknown", `no pipeline '${text}' is registered`, "pipeline_id");
  return create(PipelineDescriptionSchema, {
    pipeline,
    settings: toSettingList(parts.policies.of(registered), await parts.queue.learned(registered)),
    needs: await listNeeds(parts.database, registered, parts.conditions),
  });
}

function toPipeline(object: StoredObject, stored: StoredPlan | undefined, policies: Policies): Pipeline {
  const id = createPipelineId(object.namespace, object.name);
  const settings = stored === undefined ? undefined : policies.of({ ...stored, id });
  return create(PipelineSchema, {
    pipelineId: id,
    planDigest: object.spec_digest,
    revision: object.revision ?? "",
    repository: object.repository ?? "",
    file: object.file ?? "",
    generation: BigInt(object.generation),
    observedGeneration: BigInt(object.observed_generation),
    conditions: object.conditions.map(toCondition),
    inputs: (stored?.plan.inputs ?? []).map((input) => toInput(input, settings?.inputs.get(input.name)?.value)),
    queue: settings?.get("queue") ?? "",
    suspended: settings?.get("suspend") ?? false,
    triggers: (stored?.plan.triggers ?? []).map((trigger) => trigger.name),
    updatedAt: timestampFromDate(object.updated_at),
  });
}

/** What a configuration gives is what holds where a caller leaves it open. */
export function toInput({ name, type, default: own }: PlanInput, configured?: CanonicalValue) {
  const value = configured === undefined ? own : configured;
  const required = value === undefined;
  const given = required ? {} : { defaultValue: fromJson(ValueSchema, value as JsonValue) };
  return create(PipelineInputSchema, { name, type, required, ...given });
}

/** `brief` leaves out the inventory and what was before, for those who look often. */
export async function listRepositories(database: Queryable, brief = false): Promise<Repository[]> {
  const [objects, orders] = await Promise.all([
    readObjectsOfKind(database, "GitRepository"),
    readRepositoryOrders(database, ""),
  ]);
  const owned = new Map<string, string[]>();
  for (const { repository, kind, namespace, name } of brief ? [] : await readInventory(database)) {
    const id = kind === "Pipeline" ? `${namespace}#${name}` : `${kind}/${name}`;
    owned.set(repository, [...(owned.get(repository) ?? []), id]);
  }
  const revisions = brief ? [] : await readRevisions(database, "");
  return objects.map((object) =>
    toRepository(object, {
      inventory: owned.get(object.name) ?? [],
      revisions: revisions.filter(({ repository }) => repository === object.name),
      orders: orders.find(({ repository }) => repository === object.name),
    }),
  );
}

interface RepositorySurroundings {
  readonly inventory: readonly string[];
  readonly revisions: readonly RecordedRevision[];
  readonly orders: RepositoryOrders | undefined;
}

function toRepository(object: StoredObject, { inventory, revisions, orders }: RepositorySurroundings): Repository {
  const spec = gitRepository.shape.spec.parse(object.spec);
  const status = parseStatus(object.status);
  return create(RepositorySchema, {
    name: object.name,
    url: spec.url,
    branch: revisionText(revisionOf(spec)),
    observedRevision: status.observed_revision ?? "",
    appliedRevision: status.applied_revision ?? "",
    conditions: object.conditions.map(toCondition),
    diagnostics: (status.diagnostics ?? []).map(toDiagnostic),
    inventory: [...inventory],
    generation: BigInt(object.generation),
    observedGeneration: BigInt(object.observed_generation),
    rounds: (status.revisions ?? []).map(({ at, ...round }) => ({ ...round, at: timestampFromDate(new Date(at)) })),
    revisions: revisions.map(({ revision, at }) => ({ revision, at: timestampFromDate(at) })),
    heldRevision: orders?.held_revision ?? "",
    quarantined: [...(orders?.quarantined ?? [])],
    heldBy: orders?.held_by ?? "",
    heldReason: orders?.reason ?? "",
    awaitingPrune: [...(status.pruning?.names ?? [])],
    pruneHash: status.pruning?.hash ?? "",
    suspendedBy: orders?.suspended_by ?? "",
  });
}

export function toDiagnostic(found: StoredDiagnostic) {
  const { file, line, column, severity, code, message, hint } = found;
  const position = create(SourcePositionSchema, { file, line, column });
  return create(DiagnosticSchema, { position, severity, code, message, ...optional({ hint }) });
}

/** One word, or two. */
export function queueStateOf(registry: QueueRegistry, name: string): string {
  const { isPaused, isDraining, isPressed } = registry.of(name);
  if (isDraining) return isPaused ? "draining, paused" : "draining";
  if (isPaused) return "paused";
  return isPressed ? "pressed" : "open";
}

/** Queues that are declared or that pipelines name, and those that still hold something. */
export async function listQueues(parts: ListingParts): Promise<Queue[]> {
  const { database, catalog, policies, registry, clock } = parts;
  const shared = [...registry.queues.values()].filter(({ fairShare }) => fairShare !== undefined);
  const [rows, rates, agents, figures, shares] = await Promise.all([
    readQueues(database),
    readQueueRates(database, new Date(clock.now())),
    readAgents(database),
    parts.figures.get(),
    shared.length === 0
      ? []
      : readShares(
          database,
          shared.map(({ name }) => name),
        ),
  ]);
  const places = placesOf(agents);
  const figuresByName = Map.groupBy(figures, ({ queue }) => queue);
  const sharesByName = Map.groupBy(shares, ({ queue }) => queue);
  const byName = new Map(rows.map((row) => [row.name, row]));
  const ratesByName = new Map(rates.map((row) => [row.name, row]));
  const named = [...catalog.pipelines.values()].map((pipeline) => policies.of(pipeline).get("queue") ?? defaults.queue);
  const names = [
    ...new Set([defaults.queue, ...named, ...registry.queues.keys(), ...byName.keys(), ...ratesByName.keys()]),
  ].sort();
  return names.map((name) => {
    const row = byName.get(name);
    const rate = ratesByName.get(name);
    const definition = registry.of(name);
    const { spec, isDeclared, state } = definition;
    return create(QueueSchema, {
      name,
      type: spec.type,
      state: queueStateOf(registry, name),
      changedBy: state?.changed_by ?? "",
      ...(isDeclared && { spec: spec as unknown as JsonObject }),
      waiting: BigInt(row?.waiting ?? 0),
      running: BigInt(row?.running ?? 0),
      deadLetters: BigInt(row?.dead_letters ?? 0),
      oldestWaitSeconds: row?.oldest_wait_seconds ?? 0,
      enqueuedPerSecond: (rate?.enqueued ?? 0) / rateSeconds,
      settledPerSecond: (rate?.settled ?? 0) / rateSeconds,
      utilisationPercent: utilisationOf(definition, row?.running ?? 0, places),
      ...splitFigures(figuresByName.get(name) ?? []),
      shares: (sharesByName.get(name) ?? []).map((share) => ({
        ...{ name: share.name, weight: weightOf(definition, share.name) },
        ...{ waiting: BigInt(share.waiting), running: BigInt(share.running) },
      })),
    });
  });
}

function listTriggers({ catalog, conditions, endpoints, messages }: ListingParts) {
  const byKey = new Map(endpoints.all.map((at) => [`${at.pipeline.id}\n${at.trigger.key}`, at]));
  const pipelines = [...catalog.pipelines.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return pipelines.flatMap(({ id, plan }) =>
    plan.triggers.flatMap((trigger) =>
      (trigger.kind === "any" ? trigger.any : [trigger]).map((one) =>
        create(TriggerSchema, {
          ...{ pipelineId: id, key: one.key, name: one.name, arguments: toStruct(one.arguments) },
          ...placeOf(byKey.get(`${id}\n${one.key}`)),
          ...stateOf(one, plan, conditions),
          ...stateOfMessages(messages.standingOf(id, one.key)),
        }),
      ),
    ),
  );
}

/** Of a broker that cannot be reached: why, and since when. */
function stateOfMessages(standing: ReturnType<MessageTriggers["standingOf"]>) {
  if (standing === undefined) return {};
  const { state, sinceMs, problem } = standing;
  return { state, problem, since: timestampFromMs(sinceMs) };
}

/** How a condition stands on each host. */
function stateOf(trigger: TriggerRegistration, plan: Plan, book: Conditions) {
  const condition = trigger.kind === "condition" ? conditionOf(trigger, plan) : undefined;
  if (condition === undefined) return {};
  const details = detailsOf(condition, book);
  return { state: details.length === 0 ? "no host has told yet" : details.join(", ") };
}

/** Where an endpoint is asked, and why it is not in force. */
function placeOf(at: RegisteredEndpoint | undefined) {
  if (at === undefined) return {};
  const { endpoint, problem = "" } = at;
  const address = endpoint.kind === "http" ? `${endpoint.method} /t${endpoint.path}` : `POST /hooks${endpoint.path}`;
  return { address, problem };
}
