import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { PreparedBundleSchema } from "@polyglot/contracts/service";
import { type Clock, silentLogger, systemClock } from "@polyglot/service";
import { ShardHolder } from "../leader/shard-holder.ts";
import { readObjectsOfKind, type StoredObject } from "../store/objects.ts";
import { createTestDatabase, type TestDatabase } from "../store/test-database.ts";
import { CompilePool } from "./compile-pool.ts";
import { GitFixture } from "./git.fixture.ts";
import { ChangePlanner } from "./change-planner.ts";
import { ManualApply } from "./manual-apply.ts";
import { PlanCache } from "../store/plan-cache.ts";
import type { SecretRead } from "../secrets/secret-sources.ts";
import { GitMirrors } from "./git-mirrors.ts";
import { Preparation } from "./preparation.ts";
import { Reconciler } from "./reconciler.ts";
import type { RoundResult } from "./repository-status.ts";

/** A pipeline without native code, in a namespace of its own. */
export const source = (name: string, value = "1") =>
  `[@] test>${name}\n[X]\n\n[|] ${name}\n[t] |T.Cli\n[o] >> answer: pg\\int << ${value}\n[x]\n`;

/** An input line without a type. */
export const broken = (name: string) =>
  `[@] test>${name}\n[X]\n\n[|] ${name}\n[i] no type here\n[t] |T.Cli\n[o] >> answer: pg\\int << 1\n[x]\n`;

/** Status and reason of each condition. */
export const conditions = (object: StoredObject | undefined) =>
  Object.fromEntries((object?.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]));

/** Lets a test act while pipelines are being written. */
class ObservedPreparation extends Preparation {
  onFirst: (() => void) | undefined;

  override conditionOf(...given: Parameters<Preparation["conditionOf"]>): ReturnType<Preparation["conditionOf"]> {
    const act = this.onFirst;
    this.onFirst = undefined;
    act?.();
    return super.conditionOf(...given);
  }
}

/** Nothing is renewed while a test goes on: a loss is found by whoever writes, and by nobody before. */
const longLease = { leaseMs: 3_600_000, renewMs: 1_800_000 } as const;

/** A reconciler over a store and a git repository of its own. */
export class World {
  readonly origin = new GitFixture();
  readonly holder: ShardHolder;
  readonly reconciler: Reconciler;
  readonly preparation: ObservedPreparation;
  readonly mirrors: GitMirrors;
  /** Values of secrets by name. */
  readonly secrets = new Map<string, string>();
  readonly #store: TestDatabase;
  readonly #manual: ManualApply;
  readonly #compiler = new CompilePool();
  readonly #data = mkdtempSync(join(tmpdir(), "polyglot-gitops-"));
  #results: RoundResult[] = [];
  #waiting: ((result: RoundResult) => void)[] = [];
  #warn: (said: unknown) => void = () => undefined;

  private constructor(store: TestDatabase) {
    const clock: Clock = systemClock;
    const { database } = store;
    this.#store = store;
    this.preparation = new ObservedPreparation(database, new PlanCache(database), clock);
    this.#manual = new ManualApply(database, clock, this.preparation, new ChangePlanner(database, this.#compiler));
    this.holder = new ShardHolder(database, clock, silentLogger, {
      controllerId: "test",
      url: "https://127.0.0.1:1",
      ...longLease,
    });
    this.mirrors = new GitMirrors({
      ...{ database, clock, dataFolder: this.#data, allowFile: true },
      searchPath: process.env["PATH"] ?? "",
      secrets: { read: async (name) => this.#readSecret(name) },
    });
    this.reconciler = new Reconciler(
      {
        ...{ database, clock, preparation: this.preparation, compiler: this.#compiler },
        mirrors: this.mirrors,
        plans: new PlanCache(database),
        logger: { ...silentLogger, child: () => silentLogger, warn: (said: unknown) => this.#warn(said) },
        metrics: { countReconcile: (result) => this.#round(result) },
      },
      this.holder,
    );
  }

  static async create(): Promise<World> {
    const created = new World(await createTestDatabase());
    await created.holder.start();
    await created.reconciler.start();
    return created;
  }

  get database() {
    return this.#store.database;
  }

  /** An agent's word on the newest bundle. */
  async say(agent: string, answer: Omit<MessageInitShape<typeof PreparedBundleSchema>, "$typeName">): Promise<void> {
    const [row] = await this.database.query<{ bundle_digest: string }>({
      name: "",
      text: "select bundle_digest from plans limit 1",
    });
    const bundleDigest = row?.bundle_digest ?? "";
    await this.preparation.prepared(agent, create(PreparedBundleSchema, { ...answer, bundleDigest }));
  }

  /** Status and reason of `Prepared`, by pipeline. */
  async preparedness(): Promise<Record<string, string | undefined>> {
    const pipelines = await readObjectsOfKind(this.database, "Pipeline");
    return Object.fromEntries(pipelines.map((pipeline) => [pipeline.name, conditions(pipeline)["Prepared"]]));
  }

  async preparedMessage(name: string): Promise<string | undefined> {
    const pipelines = await readObjectsOfKind(this.database, "Pipeline");
    const own = pipelines.find((pipeline) => pipeline.name === name);
    return own?.conditions.find(({ type }) => type === "Prepared")?.message;
  }

  async dispose(): Promise<void> {
    await this.reconciler.stop();
    await this.holder.stop();
    await this.#compiler.stop();
    await this.#store[Symbol.asyncDispose]();
    this.origin[Symbol.dispose]();
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** Result of the next round that was not waited for yet. */
  async nextRound(): Promise<RoundResult> {
    const known = this.#results.shift();
    return known ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  nextWarning(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#warn = (said) => resolve((said as { error: unknown }).error);
    });
  }

  /** Declares the repository, looked at only when told, and waits for the first round. */
  async declare(fields = "", url = this.origin.url): Promise<RoundResult> {
    await this.declareOnly(fields, url);
    return this.nextRound();
  }

  async declareOnly(fields = "", url = this.origin.url): Promise<void> {
    const spec = `{ url: ${JSON.stringify(url)}, intervalSeconds: 3600${fields} }`;
    const yaml = `apiVersion: polyglot.dev/v1\nkind: GitRepository\nmetadata: { name: code }\nspec: ${spec}\n`;
    await this.applyRepositories([yaml]);
  }

  /** With the secrets that they may name. */
  async applyRepositories(yaml: readonly string[]): Promise<void> {
    const secrets = ["git", "signers"].map(
      (name) => `apiVersion: polyglot.dev/v1\nkind: Secret\nmetadata: { name: ${name} }\nspec: { store: true }\n`,
    );
    const result = await this.apply({ "code.yaml": [...secrets, ...yaml].join("---\n") });
    if (result.kind !== "applied") throw new Error(JSON.stringify(result));
  }

  async reconcile(): Promise<RoundResult> {
    await this.reconciler.ask("code");
    return this.nextRound();
  }

  apply(files: Record<string, string>, dryRun = false) {
    const set = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
    const options = { dryRun, prune: false, planHash: "" };
    return this.#manual.apply(set, options, new AbortController().signal);
  }

  /** Generation by id. */
  async pipelines(): Promise<Record<string, number>> {
    const objects = await readObjectsOfKind(this.database, "Pipeline");
    return Object.fromEntries(objects.map(({ namespace, name, generation }) => [`${namespace}#${name}`, generation]));
  }

  async repository(): Promise<StoredObject> {
    const [repository] = await readObjectsOfKind(this.database, "GitRepository");
    if (repository === undefined) throw new Error("no repository is declared");
    return repository;
  }

  #readSecret(name: string): SecretRead {
    const value = this.secrets.get(name);
    return value === undefined
      ? { kind: "unknown", message: `no Secret '${name}' is declared` }
      : { kind: "value", value };
  }

  #round(result: RoundResult): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#results.push(result);
    else waiting(result);
  }
}
