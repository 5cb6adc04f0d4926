/**
 * The modules of compiled languages: which functions of a file plans call, and the file's module that has them all. A
 * module is built when its bundle is prepared; a function that nobody has spoken of before makes a new one.
 */
import { basename } from "node:path";
import type { NativeTarget, NativeUse } from "@polyglot/contracts";
import type { CheckedRuntime } from "../find-runtimes.ts";
import type { CompiledLanguage, ModuleFunction } from "../language.ts";
import type { SearchPlaces } from "../search-places.ts";
import { BuildFailure, type Builds } from "./builds.ts";
import { buildHostProgram } from "./host-program.ts";

/** Modules remembered; the oldest go first. */
const maxModules = 10_000;

export interface BuiltModule {
  /** The program that loads it. */
  readonly host: string;
  readonly file: string;
}

/** What is known of one file: the functions that plans call, and the module that has them all. */
interface KnownModule {
  readonly functions: Map<string, ModuleFunction>;
  built?: Promise<BuiltModule>;
  /** The last that did build. */
  good?: { readonly module: BuiltModule; readonly names: ReadonlySet<string> };
  /** Modules of one function each, where the one of all does not build. */
  readonly single: Map<string, Promise<BuiltModule>>;
}

export class Modules {
  readonly #builds: Builds;
  readonly #places: SearchPlaces;
  readonly #known = new Map<string, KnownModule>();

  constructor(builds: Builds, places: SearchPlaces) {
    this.#builds = builds;
    this.#places = places;
  }

  /** Plans call this function: the next build of its module has it. */
  declare({ target, version }: NativeUse): KnownModule {
    const key = keyOf(target, version);
    const known: KnownModule = this.#known.get(key) ?? { functions: new Map(), single: new Map() };
    this.#known.set(key, known);
    if (!known.functions.has(target.function)) {
      known.functions.set(target.function, { name: target.function, signature: target.signature });
      delete known.built;
    }
    if (this.#known.size > maxModules) this.#known.delete(this.#known.keys().next().value ?? "");
    return known;
  }

  /**
   * The module with all functions of the use's file. Rejects with a `BuildFailure` where the code does not build.
   * `folder` is the bundle's.
   */
  moduleOf(use: NativeUse, language: CompiledLanguage, runtime: CheckedRuntime, folder: string): Promise<BuiltModule> {
    const known = this.declare(use);
    if (known.built !== undefined) return known.built;
    const names = new Set(known.functions.keys());
    const built = this.#build(use, [...known.functions.values()], language, runtime, folder);
    known.built = built;
    built.then(
      (module) => (known.good = { module, names }),
      () => known.built === built && delete known.built,
    );
    return built;
  }

  /**
   * A module with the function, or, where another function of its file does not build, one with this function alone: a
   * name that no file has must not take the others along.
   */
  async moduleToCall(
    use: NativeUse,
    language: CompiledLanguage,
    runtime: CheckedRuntime,
    folder: string,
  ): Promise<BuiltModule> {
    const { good } = this.declare(use);
    if (good?.names.has(use.target.function) === true) return good.module;
    try {
      return await this.moduleOf(use, language, runtime, folder);
    } catch (problem) {
      const { functions, single } = this.declare(use);
      const own = functions.get(use.target.function);
      if (!(problem instanceof BuildFailure) || own === undefined || functions.size === 1) throw problem;
      const known = single.get(own.name) ?? this.#build(use, [own], language, runtime, folder);
      single.set(own.name, known);
      known.catch(() => single.delete(own.name));
      return known;
    }
  }

  async #build(
    { target, version }: NativeUse,
    functions: readonly ModuleFunction[],
    language: CompiledLanguage,
    { found, user }: CheckedRuntime,
    folder: string,
  ): Promise<BuiltModule> {
    const sorted = [...functions].sort((a, b) => (a.name < b.name ? -1 : 1));
    const recipe = await language.recipe({ folder, path: target.path, functions: sorted, version }, found);
    const compiler = `${found.path} ${found.version} ${basename(folder)}`;
    const [host, file] = await Promise.all([
      buildHostProgram(this.#builds, this.#places, user),
      this.#builds.productOf({ recipe, compiler, user, sourceFolder: folder }),
    ]);
    return { host, file };
  }
}

const keyOf = ({ lang, bundle_digest, path }: NativeTarget, version: string | undefined): string =>
  [lang, bundle_digest, path, version ?? ""].join("\n");
