/**
 * The modules of compiled languages: which functions of a file plans call, and the file's module that has them all. A
 * module is built when its bundle is prepared; a function that nobody has spoken of before makes a new one.
 */
import { basename } from "node:path";
import type { NativeTarget, NativeUse } from "@polyglot/contracts";
import type { CheckedRuntime } from "../find-runtimes.ts";
import type { CompiledLanguage, ModuleFunction } from "../language.ts";
import type { SearchPlaces } from "../search-places.ts";
import type { Builds } from "./builds.ts";
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
    const known: KnownModule = this.#known.get(key) ?? { functions: new Map() };
    this.#known.set(key, known);
    if (!known.functions.has(target.function)) {
      known.functions.set(target.function, { name: target.function, signature: target.signature });
      delete known.built;
    }
    if (this.#known.size > maxModules) this.#known.delete(this.#known.keys().next().value ?? "");
    return known;
  }

  /** Rejects with a `BuildFailure` where the code does not build. `folder` is the bundle's. */
  moduleOf(
    target: NativeUse,
    language: CompiledLanguage,
    runtime: CheckedRuntime,
    folder: string,
  ): Promise<BuiltModule> {
    const known = this.declare(target);
    if (known.built !== undefined) return known.built;
    const built = this.#build(target, [...known.functions.values()], language, runtime, folder);
    known.built = built;
    built.catch(() => known.built === built && delete known.built);
    return built;
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
