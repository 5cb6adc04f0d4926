import {
  calendar,
  type CalendarSpec,
  executionerPool,
  isForNamespace,
  pipelineConfig,
  type PipelineId,
  type QueueConfiguration,
  resourcePolicy,
  routingPolicy,
  splitPipelineId,
} from "@polyglot/contracts";
import { BackgroundTasks, Coalesced, type Logger, type Service } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import { objectsChannel, readObjectsOfKind } from "../store/objects.ts";
import { type EffectiveSettings, effectiveSettings, secretName } from "./effective-settings.ts";
import type { DeclaredPolicies } from "./layers.ts";
import {
  type DeclaredPool,
  type DeclaredRoutes,
  isOfPool,
  type NamedAgent,
  type RoutingRule,
  ruleFor,
} from "./routes.ts";

/** Of a registered pipeline, or of a plan that an execution is pinned to. */
export interface PlannedPipeline {
  readonly id: PipelineId;
  readonly digest: string;
  readonly plan: { readonly queue: QueueConfiguration };
}

export type NamedCalendar = CalendarSpec & { readonly name: string };

export type Policies = Pick<PolicyBook, "of">;

const limits = {
  /** Settings that are kept, one for each plan. */
  plans: 10_000,
} as const;

type Parsed<Spec> =
  | { readonly success: true; readonly data: Spec }
  | { readonly success: false; readonly error: unknown };

const kinds: ReadonlySet<string> = new Set([
  "Calendar",
  "ExecutionerPool",
  "PipelineConfig",
  "ResourcePolicy",
  "RoutingPolicy",
]);

/** What objects say of pipelines now, in memory, followed by notification. */
export class PolicyBook implements Service {
  readonly name = "policies";
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #tasks: BackgroundTasks;
  readonly #listeners = new Set<() => void>();
  readonly #known = new Map<string, EffectiveSettings>();
  #declared: DeclaredPolicies = { configs: [], policies: [] };
  #routes: readonly DeclaredRoutes[] = [];
  #pools: readonly DeclaredPool[] = [];
  #calendars: readonly { readonly name: string; readonly spec: CalendarSpec }[] = [];
  readonly #reading = new Coalesced(() => this.#readAll());
  #unlisten: (() => void) | undefined;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
    this.#tasks = new BackgroundTasks((error) => logger.warn({ error }, "could not read policies"));
  }

  async start(): Promise<void> {
    this.#unlisten = await this.#database.listen(objectsChannel, (kind) => {
      if (kind === undefined || kinds.has(kind)) this.#tasks.add(this.refresh());
    });
    await this.refresh();
  }

  async stop(): Promise<void> {
    this.#unlisten?.();
    await this.#tasks.drain();
  }

  /** What holds for the next attempt. Worked out once for each plan and state of the objects. */
  of({ id, digest, plan }: PlannedPipeline): EffectiveSettings {
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const settings = effectiveSettings(id, plan.queue, this.#declared);
    if (this.#known.size >= limits.plans) this.#known.clear();
    this.#known.set(digest, settings);
    return settings;
  }

  /** The secret that a pipeline gets when it asks for one by this name: the one that a configuration says, else that one. */
  secretFor(id: PipelineId, name: string): string {
    return secretName(id, name, this.#declared) ?? name;
  }

  /** The rule by which its executions find an agent; undefined where none is about it. */
  routeOf(id: PipelineId): RoutingRule | undefined {
    return ruleFor(id, this.#routes);
  }

  /** The calendars that its schedules keep to: that of its configuration, and those of its namespace. */
  calendarsOf(pipeline: PlannedPipeline): readonly NamedCalendar[] {
    const named = this.of(pipeline).get("calendar");
    const { namespace } = splitPipelineId(pipeline.id);
    return this.#calendars
      .filter(({ spec }) => spec.covers.includes("schedules"))
      .filter(({ name, spec }) => name === named || isForNamespace(spec, namespace))
      .map(({ name, spec }) => ({ name, ...spec }));
  }

  get calendars(): readonly NamedCalendar[] {
    return this.#calendars.map(({ name, spec }) => ({ name, ...spec }));
  }

  /** Whether a pool that drains has the agent. */
  isClosed(agent: NamedAgent): boolean {
    return this.#pools.some(({ spec }) => spec.drain && isOfPool(agent, spec.selector));
  }

  /** Called after each change. Answers how to end it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the store; a call while one is under way is answered by the one after it. */
  async refresh(): Promise<void> {
    await this.#reading.run();
  }

  async #readAll(): Promise<void> {
    const [configs, policies, routes, pools, calendars] = await Promise.all([
      this.#read("PipelineConfig", (spec) => pipelineConfig.shape.spec.safeParse(spec)),
      this.#read("ResourcePolicy", (spec) => resourcePolicy.shape.spec.safeParse(spec)),
      this.#read("RoutingPolicy", (spec) => routingPolicy.shape.spec.safeParse(spec)),
      this.#read("ExecutionerPool", (spec) => executionerPool.shape.spec.safeParse(spec)),
      this.#read("Calendar", (spec) => calendar.shape.spec.safeParse(spec)),
    ]);
    this.#declared = { configs, policies };
    this.#routes = routes;
    this.#pools = pools;
    this.#calendars = calendars;
    this.#known.clear();
    for (const listener of this.#listeners) listener();
  }

  /** What another version of this program stored, and this one cannot read, is as if it were not there. */
  async #read<Spec>(kind: string, parse: (spec: unknown) => Parsed<Spec>): Promise<{ name: string; spec: Spec }[]> {
    const objects = await readObjectsOfKind(this.#database, kind);
    return objects.flatMap(({ name, spec: stored }) => {
      const spec = parse(stored);
      if (spec.success) return [{ name, spec: spec.data }];
      this.#logger.warn({ kind, name, error: spec.error }, "this version cannot read an object");
      return [];
    });
  }
}
