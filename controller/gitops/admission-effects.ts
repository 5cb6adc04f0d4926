/** What changes of queues and policies mean for executions that wait and for pipelines that ask for much. */
import { pipelineConfig, type PipelineId, resourcePolicy } from "@polyglot/contracts";
import type { DeclaredPolicies } from "../policies/layers.ts";
import type { Database } from "../store/database.ts";
import { readAgents } from "../store/listings.ts";
import { type ObjectKey, readObjectsOfKind } from "../store/objects.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import { type QueueLine, readQueueLines } from "../store/queue-lines.ts";
import { keyText } from "./desired.ts";
import type { Change } from "./difference.ts";
import { type HostSize, hostSizes } from "./host-sizes.ts";
import { type QueueEffects, queueEffects } from "./queue-effects.ts";
import { type AskingPipeline, requestRefusals } from "./request-effects.ts";

const none: QueueEffects = { moves: [], refusals: [] };
/** Kinds that say what a pipeline asks of a host. */
const asking: ReadonlySet<string> = new Set(["Pipeline", "PipelineConfig", "ResourcePolicy"]);

export interface AdmissionParts {
  readonly database: Database;
  readonly plans: PlanCache;
}

export class AdmissionEffects {
  readonly #hosts: readonly HostSize[];
  readonly #lines: ReadonlyMap<string, QueueLine>;
  /** By the key of the change that brings them. */
  readonly #refusals: ReadonlyMap<string, readonly string[]>;

  private constructor(
    hosts: readonly HostSize[],
    lines: ReadonlyMap<string, QueueLine>,
    refusals: ReadonlyMap<string, readonly string[]>,
  ) {
    this.#hosts = hosts;
    this.#lines = lines;
    this.#refusals = refusals;
  }

  static async read(changes: readonly Change[], parts: AdmissionParts): Promise<AdmissionEffects> {
    const keys = changes.map(keyOf);
    const queues = keys.flatMap(({ kind, name }) => (kind === "Queue" ? name : []));
    const asks = keys.some(({ kind }) => asking.has(kind));
    const hosts = queues.length > 0 || asks ? hostSizes(await readAgents(parts.database)) : [];
    const refusals = asks && hosts.length > 0 ? await refusalsOf(changes, hosts, parts) : new Map<string, string[]>();
    return new AdmissionEffects(hosts, await readQueueLines(parts.database, queues), refusals);
  }

  of(change: Change): QueueEffects {
    const key = keyOf(change);
    if (key.kind !== "Queue") return { ...none, refusals: this.#refusals.get(keyText(key)) ?? [] };
    return queueEffects(key.name, specBefore(change), specAfter(change), this.#lines.get(key.name), this.#hosts);
  }
}

const keyOf = (change: Change): ObjectKey => ("desired" in change ? change.desired : change.actual);
const specBefore = (change: Change): unknown => ("actual" in change ? change.actual.spec : undefined);
/** A refused change changes nothing. */
function specAfter(change: Change): unknown {
  if (change.kind === "refused") return change.actual.spec;
  return "desired" in change ? change.desired.spec : undefined;
}

/** Only what is new: what no agent was large enough for before is not the change's doing. */
async function refusalsOf(
  changes: readonly Change[],
  hosts: readonly HostSize[],
  parts: AdmissionParts,
): Promise<Map<string, string[]>> {
  const [pipelines, configs, policies] = await Promise.all(
    ["Pipeline", "PipelineConfig", "ResourcePolicy"].map((kind) => readSpecs(parts.database, kind)),
  );
  const before = { Pipeline: pipelines ?? [], PipelineConfig: configs ?? [], ResourcePolicy: policies ?? [] };
  const old = requestRefusals(await askingOf(before.Pipeline, [], parts.plans), policiesOf(before), hosts);
  const after = {
    Pipeline: changed(before.Pipeline, "Pipeline", changes),
    PipelineConfig: changed(before.PipelineConfig, "PipelineConfig", changes),
    ResourcePolicy: changed(before.ResourcePolicy, "ResourcePolicy", changes),
  };
  const fresh = requestRefusals(await askingOf(after.Pipeline, changes, parts.plans), policiesOf(after), hosts);
  const byChange = new Map<string, string[]>();
  const keys = new Map(
    changes.map((change) => [`${keyOf(change).kind}/${keyOf(change).name}`, keyText(keyOf(change))]),
  );
  for (const [id, lacks] of fresh) {
    const known = new Set(old.get(id)?.map(({ message }) => message));
    for (const { source, message } of lacks) {
      if (known.has(message)) continue;
      const key = keys.get(source) ?? `Pipeline/${id}`;
      byChange.set(key, [...(byChange.get(key) ?? []), `${id} ${message}`]);
    }
  }
  return byChange;
}

interface Spec {
  readonly namespace: string;
  readonly name: string;
  readonly spec: unknown;
}

async function readSpecs(database: Database, kind: string): Promise<Spec[]> {
  return (await readObjectsOfKind(database, kind)).map(({ namespace, name, spec }) => ({ namespace, name, spec }));
}

/** Objects of one kind as the changes leave them. */
function changed(before: readonly Spec[], kind: string, changes: readonly Change[]): Spec[] {
  const specs = new Map(before.map((one) => [`${one.namespace}#${one.name}`, one]));
  for (const change of changes) {
    const { kind: ofKind, namespace, name } = keyOf(change);
    if (ofKind !== kind) continue;
    const spec = specAfter(change);
    if (spec === undefined) specs.delete(`${namespace}#${name}`);
    else specs.set(`${namespace}#${name}`, { namespace, name, spec });
  }
  return [...specs.values()];
}

/** Plans that are not stored yet come with the changes. */
async function askingOf(
  pipelines: readonly Spec[],
  changes: readonly Change[],
  plans: PlanCache,
): Promise<AskingPipeline[]> {
  const fresh = new Map(
    changes.flatMap((change) =>
      "desired" in change && change.desired.pipeline ? [[change.desired.specDigest, change.desired.pipeline.plan]] : [],
    ),
  );
  const digests = pipelines.map(digestOf);
  await plans.load(digests.filter((digest) => !fresh.has(digest)));
  return pipelines.flatMap((pipeline) => {
    const plan = fresh.get(digestOf(pipeline)) ?? plans.get(digestOf(pipeline))?.plan;
    const id = `${pipeline.namespace}#${pipeline.name}` as PipelineId;
    return plan === undefined ? [] : [{ id, queue: plan.queue }];
  });
}

const digestOf = ({ spec }: Spec): string => String((spec as { readonly plan_digest?: unknown } | null)?.plan_digest);

function policiesOf(specs: Record<"PipelineConfig" | "ResourcePolicy", readonly Spec[]>): DeclaredPolicies {
  return {
    configs: specs.PipelineConfig.flatMap(({ name, spec }) => {
      const parsed = pipelineConfig.shape.spec.safeParse(spec);
      return parsed.success ? { name, spec: parsed.data } : [];
    }),
    policies: specs.ResourcePolicy.flatMap(({ name, spec }) => {
      const parsed = resourcePolicy.shape.spec.safeParse(spec);
      return parsed.success ? { name, spec: parsed.data } : [];
    }),
  };
}
