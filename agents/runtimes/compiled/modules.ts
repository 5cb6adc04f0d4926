/**
 * The modules of compiled languages: which functions of a file plans call, and the file's module that has them all. A
 * module is built when its bundle is prepared; a function that nobody has spoken of before makes a new one.
 */
import { basename } from "node:path";
import type { NativeUse } from "@polyglot/contracts";
import type { WorkerUser } from "../../limits/worker-user.ts";
import type { CheckedRuntime } from "../find-runtimes.ts";
import type { CompiledLanguage, ModuleFunction, ModuleSource, PackagesSource } from "../language.ts";
import type { OnProgress } from "../progress.ts";
import type { SearchPlaces } from "../search-places.ts";
import { BuildFailure, type BuildOrder, type Builds, orderBuild } from "./builds.ts";
import { orderHostProgram } from "./host-program.ts";
import { digestsOf } from "./own-files.ts";

/** Modules remembered; the oldest go first. */
const maxModules = 10_000;

export interface BuiltModule {
  /** The program that loads it. */
  readonly host: string;
  readonly file: string;
  /** Of its build. */
  readonly digest: string;
}

/** What a module is built of. */
export interface ModuleWish {
  readonly use: NativeUse;
  readonly language: CompiledLanguage;
  readonly runtime: CheckedRuntime;
  /** The bundle's. */
  readonly folder: string;
  readonly packages?: PackagesSource | undefined;
}

/** What is known of one file: the functions that plans call, and the module that has them all. */
interface KnownModule {
  readonly functions: Map<string, ModuleFunction>;
  order?: Promise<BuildOrder>;
  /** The last that did build. */
  good?: { readonly order: BuildOrder; readonly names: ReadonlySet<string> };
  /** Modules of one function each, where the one of all does not build. */
  readonly single: Map<string, Promise<BuildOrder>>;
  /** Of all its builds that a pipeline may run on. */
  readonly digests: Set<string>;
}

export class Modules {
  readonly #builds: Builds;
  readonly #places: SearchPlaces;
  readonly #known = new Map<string, KnownModule>();
  readonly #hosts = new Map<string, Promise<BuildOrder>>();
  #registered: ReadonlySet<string> = new Set();

  constructor(builds: Builds, places: SearchPlaces) {
    this.#builds = builds;
    this.#places = places;
  }

  /** Plans call this function: the next build of its module has it. */
  declare(use: NativeUse): KnownModule {
    const { target } = use;
    const key = keyOf(use);
    const known: KnownModule = this.#known.get(key) ?? {
      functions: new Map(),
      single: new Map(),
      digests: new Set(),
    };
    this.#known.set(key, known);
    if (!known.functions.has(target.function)) {
      known.functions.set(target.function, { name: target.function, signature: target.signature });
      delete known.order;
    }
    if (this.#known.size > maxModules) this.#known.delete(this.#known.keys().next().value ?? "");
    return known;
  }

  /** The modules of all pipelines in force: they stay, whatever the limits say. One use of each is enough. */
  register(uses: readonly NativeUse[]): void {
    this.#registered = new Set(uses.map(keyOf));
    this.#keepRegistered();
  }

  /** The module stays until what is returned is called. */
  hold({ digest }: BuiltModule): () => void {
    return this.#builds.hold(digest);
  }

  /** The module with all functions of the use's file. Rejects with a `BuildFailure` where the code does not build. */
  async moduleOf(wish: ModuleWish, onProgress?: OnProgress): Promise<BuiltModule> {
    const known = this.declare(wish.use);
    const names = new Set(known.functions.keys());
    const order = await (known.order ?? this.#orderAll(known, wish));
    const module = await this.#built(order, onProgress);
    known.good = { order, names };
    return module;
  }

  /**
   * A module with the function, or, where another function of its file does not build, one with this function alone: a
   * name that no file has must not take the others along.
   */
  async moduleToCall(wish: ModuleWish, onProgress?: OnProgress): Promise<BuiltModule> {
    const { use } = wish;
    const { good } = this.declare(use);
    if (good?.names.has(use.target.function) === true) return this.#built(good.order, onProgress);
    try {
      return await this.moduleOf(wish, onProgress);
    } catch (problem) {
      const known = this.declare(use);
      const own = known.functions.get(use.target.function);
      if (!(problem instanceof BuildFailure) || own === undefined || known.functions.size === 1) throw problem;
      const order = known.single.get(own.name) ?? this.#order(known, wish, [own]);
      known.single.set(own.name, order);
      order.catch(() => known.single.delete(own.name));
      return this.#built(await order, onProgress);
    }
  }

  async #built(order: BuildOrder, onProgress: OnProgress | undefined): Promise<BuiltModule> {
    const [host, file] = await Promise.all([
      this.#builds.productOf(await this.#hostFor(order.user)),
      this.#builds.productOf(order, onProgress),
    ]);
    return { host, file, digest: order.digest };
  }

  #hostFor(user: WorkerUser): Promise<BuildOrder> {
    const key = user.setpriv.join(" ");
    const known = this.#hosts.get(key);
    if (known !== undefined) return known;
    const order = this.#orderHost(user);
    this.#hosts.set(key, order);
    order.catch(() => this.#hosts.delete(key));
    return order;
  }

  /** Every module needs it, so it is held for good. */
  async #orderHost(user: WorkerUser): Promise<BuildOrder> {
    const order = await orderHostProgram(this.#places, user);
    this.#builds.hold(order.digest);
    return order;
  }

  #orderAll(known: KnownModule, wish: ModuleWish): Promise<BuildOrder> {
    known.digests.clear();
    const order = this.#order(known, wish, [...known.functions.values()]);
    known.order = order;
    order.catch(() => known.order === order && delete known.order);
    return order;
  }

  async #order(known: KnownModule, wish: ModuleWish, functions: readonly ModuleFunction[]): Promise<BuildOrder> {
    const { use, language, runtime, folder, packages } = wish;
    const { found, user } = runtime;
    const { path } = use.target;
    const sorted = [...functions].sort((a, b) => (a.name < b.name ? -1 : 1));
    const source: ModuleSource = { folder, path, functions: sorted, version: use.version, packages };
    const recipe = await language.recipe(source, found, this.#places);
    const decided = recipe.own === undefined ? undefined : await digestsOf(folder, recipe.own);
    const bundles = decided === undefined ? [folder, packages?.folder ?? ""].map((one) => basename(one)) : [];
    const compiler = [found.path, found.version, ...bundles].join(" ").trim();
    const order = orderBuild(compiler, { recipe, user, sourceFolder: folder, label: path }, decided);
    known.digests.add(order.digest);
    this.#keepRegistered();
    return order;
  }

  #keepRegistered(): void {
    const digests = [...this.#registered].flatMap((key) => [...(this.#known.get(key)?.digests ?? [])]);
    this.#builds.register(digests);
  }
}

function keyOf({ target, version, packages }: NativeUse): string {
  const { lang, bundle_digest: bundle, path } = target;
  return [lang, bundle, path, version ?? "", packages?.bundleDigest ?? "", packages?.path ?? ""].join("\n");
}
