import type { PipelineId } from "@polyglot/contracts";
import { BackgroundTasks, Coalesced, type Logger, type Service } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import type { PlanCache, StoredPlan } from "../store/plan-cache.ts";
import { sqlFile } from "../store/sql-file.ts";

const readCatalogQuery = sqlFile("read-catalog");

export interface RegisteredPipeline extends StoredPlan {
  readonly id: PipelineId;
  /** Git commit that last changed it; null for one applied by hand. */
  readonly revision: string | null;
  readonly repository: string | null;
  readonly file: string | null;
}

interface CatalogRow {
  pipeline_id: PipelineId;
  plan_digest: string;
  revision: string | null;
  repository: string | null;
  file: string | null;
}

/** The pipelines that are registered now, in memory, followed by notification. */
export class Catalog implements Service {
  readonly name = "catalog";
  readonly #database: Database;
  readonly #plans: PlanCache;
  readonly #tasks: BackgroundTasks;
  readonly #listeners = new Set<() => void>();
  #pipelines: ReadonlyMap<string, RegisteredPipeline> = new Map();
  readonly #reading = new Coalesced(() => this.#read());
  #unlisten: (() => void) | undefined;

  constructor(database: Database, plans: PlanCache, logger: Logger) {
    this.#database = database;
    this.#plans = plans;
    this.#tasks = new BackgroundTasks((error) => logger.warn({ error }, "could not read the catalog"));
  }

  get pipelines(): ReadonlyMap<string, RegisteredPipeline> {
    return this.#pipelines;
  }

  find(id: string): RegisteredPipeline | undefined {
    return this.#pipelines.get(id);
  }

  /** By full id, or by a name that only one namespace has. */
  resolve(
    text: string,
  ): { kind: "found"; pipeline: RegisteredPipeline } | { kind: "unknown" } | { kind: "ambiguous"; ids: string[] } {
    const exact = this.#pipelines.get(text);
    if (exact !== undefined) return { kind: "found", pipeline: exact };
    const named = [...this.#pipelines.values()].filter((pipeline) => pipeline.id.endsWith(`#${text}`));
    if (named.length > 1) return { kind: "ambiguous", ids: named.map((pipeline) => pipeline.id) };
    return named[0] === undefined ? { kind: "unknown" } : { kind: "found", pipeline: named[0] };
  }

  /** Called after each change. Answers how to end it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    this.#unlisten = await this.#database.listen("polyglot_objects", () => this.#tasks.add(this.refresh()));
    await this.refresh();
  }

  async stop(): Promise<void> {
    this.#unlisten?.();
    await this.#tasks.drain();
  }

  /** Reads the store; a call while one is under way is answered by the one after it. */
  async refresh(): Promise<void> {
    await this.#reading.run();
  }

  async #read(): Promise<void> {
    const rows = await this.#database.query<CatalogRow>(readCatalogQuery);
    await this.#plans.load(rows.map((row) => row.plan_digest));
    this.#pipelines = new Map(rows.flatMap((row) => this.#register(row)));
    for (const listener of this.#listeners) listener();
  }

  #register(row: CatalogRow): [string, RegisteredPipeline][] {
    const stored = this.#plans.get(row.plan_digest);
    if (stored === undefined) return [];
    const { pipeline_id: id, revision, repository, file } = row;
    return [[id, { ...stored, id, revision, repository, file }]];
  }
}
