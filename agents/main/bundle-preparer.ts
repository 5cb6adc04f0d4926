import { create } from "@bufbuild/protobuf";
import {
  type BundleDigest,
  type NativeLanguage,
  nativeLanguages,
  type NativeUse,
  parseBundleDigest,
  type Signature,
} from "@polyglot/contracts";
import {
  type NativeModule,
  PreparedBundleSchema,
  type PrepareList,
  type RuntimeEnvironment,
} from "@polyglot/contracts/service";
import type { BackgroundTasks } from "@polyglot/service";
import type { Link } from "../link/link.ts";
import type { BundleFolders } from "../runtimes/bundle-folder.ts";
import type { EnvironmentNeed, HostRuntimes } from "../runtimes/host-runtimes.ts";

export interface BundlePreparerParts {
  readonly bundles: Pick<BundleFolders, "folderOf" | "register">;
  readonly runtimes: Pick<HostRuntimes, "prepare" | "registerModules" | "prepareEnvironment" | "registerEnvironments">;
  readonly link: Pick<Link, "prepared">;
  readonly tasks: BackgroundTasks;
}

/** What is not ready, by its key: why, or what is being done about it. */
type Unready = Map<string, { readonly error?: string; readonly progress?: string }>;

/** Has bundles ready before an execution asks for them, with what is built of them, and tells what became of it. */
export class BundlePreparer {
  readonly #parts: BundlePreparerParts;

  constructor(parts: BundlePreparerParts) {
    this.#parts = parts;
  }

  prepare({ bundleDigests, modules, environments }: PrepareList): void {
    const digests = bundleDigests.map(parseBundleDigest).filter((digest) => digest !== undefined);
    this.#parts.bundles.register(digests);
    const known = environments.filter(({ lang }) => nativeLanguages.some((one) => one === lang));
    this.#parts.tasks.add(this.#parts.runtimes.registerEnvironments(known.map(needOf)));
    const built = modules.filter(({ lang }) => nativeLanguages.some((one) => one === lang));
    this.#parts.runtimes.registerModules(built.flatMap((module) => functionsOf(module).slice(0, 1)));
    for (const digest of digests) {
      const isOwn = (part: { readonly bundleDigest: string }) => part.bundleDigest === digest;
      this.#parts.tasks.add(this.#prepareOne(digest, modules.filter(isOwn), environments.filter(isOwn)));
    }
  }

  async #prepareOne(
    bundleDigest: BundleDigest,
    modules: readonly NativeModule[],
    environments: readonly RuntimeEnvironment[],
  ): Promise<void> {
    try {
      await this.#parts.bundles.folderOf(bundleDigest);
    } catch (problem) {
      const error = dependencyError(problem);
      this.#parts.link.prepared(create(PreparedBundleSchema, { bundleDigest, ready: false, error }));
      return;
    }
    const unready: Unready = new Map([...modules, ...environments].map(({ key }) => [key, {}]));
    const tell = () => this.#tell(bundleDigest, unready);
    tell();
    await Promise.all([
      ...modules.map((module) => this.#build(module, unready, tell)),
      ...environments.map((environment) => this.#prepareEnvironment(environment, unready, tell)),
    ]);
  }

  async #build(module: NativeModule, unready: Unready, tell: () => void): Promise<void> {
    const { key } = module;
    try {
      await this.#parts.runtimes.prepare(functionsOf(module), (progress) => {
        unready.set(key, { progress });
        tell();
      });
      unready.delete(key);
    } catch (problem) {
      unready.set(key, { error: (problem as Error).message });
    }
    tell();
  }

  async #prepareEnvironment(environment: RuntimeEnvironment, unready: Unready, tell: () => void): Promise<void> {
    const { key, functions } = environment;
    try {
      const found = await this.#parts.runtimes.prepareEnvironment(needOf(environment), functions, (progress) => {
        unready.set(key, { progress });
        tell();
      });
      unready.delete(key);
      for (const [name, error] of found) unready.set(name, { error });
    } catch (problem) {
      unready.set(key, { error: (problem as Error).message });
    }
    tell();
  }

  #tell(bundleDigest: BundleDigest, unready: Unready): void {
    const modules = [...unready].map(([key, { error, progress = "" }]) => ({
      key,
      progress,
      ...(error === undefined ? {} : { error: dependencyError(new Error(error)) }),
    }));
    this.#parts.link.prepared(create(PreparedBundleSchema, { bundleDigest, ready: true, modules }));
  }
}

const needOf = ({ lang, version, path, bundleDigest }: RuntimeEnvironment): EnvironmentNeed => ({
  lang: languageNamed(lang),
  version: version === "" ? undefined : version,
  path: path === "" ? undefined : path,
  bundleDigest,
});

function languageNamed(lang: string): NativeLanguage {
  const known = nativeLanguages.find((one) => one === lang);
  if (known === undefined) throw new Error(`the language '${lang}' is not known here: this agent is older`);
  return known;
}

const dependencyError = (problem: unknown) => ({
  type: "pg\\!DependencyError",
  message: (problem as Error).message,
});

const decoder = new TextDecoder();

function functionsOf({ lang, path, version, bundleDigest, packages, functions }: NativeModule): NativeUse[] {
  const known = languageNamed(lang);
  return functions.map(({ name, signature }) => ({
    target: {
      kind: "native",
      lang: known,
      origin: "bundle",
      path,
      function: name,
      bundle_digest: bundleDigest,
      ...(signature.length === 0 ? {} : { signature: JSON.parse(decoder.decode(signature)) as Signature }),
    },
    version: version === "" ? undefined : version,
    packages,
  }));
}
