import { create } from "@bufbuild/protobuf";
import {
  type BundleDigest,
  nativeLanguages,
  type NativeUse,
  parseBundleDigest,
  type Signature,
} from "@polyglot/contracts";
import { type NativeModule, PreparedBundleSchema, type PrepareList } from "@polyglot/contracts/service";
import type { BackgroundTasks } from "@polyglot/service";
import type { Link } from "../link/link.ts";
import type { BundleFolders } from "../runtimes/bundle-folder.ts";

export interface BundlePreparerParts {
  readonly bundles: Pick<BundleFolders, "folderOf" | "register">;
  /** Builds a module with all of these functions, which are of one file. */
  readonly build: (functions: readonly NativeUse[]) => Promise<void>;
  readonly link: Pick<Link, "prepared">;
  readonly tasks: BackgroundTasks;
}

/** Why a module is not ready, by its key; undefined while it is being built. */
type Unready = Map<string, string | undefined>;

/** Has bundles ready before an execution asks for them, with what is built of them, and tells what became of it. */
export class BundlePreparer {
  readonly #parts: BundlePreparerParts;

  constructor(parts: BundlePreparerParts) {
    this.#parts = parts;
  }

  prepare({ bundleDigests, modules }: PrepareList): void {
    const digests = bundleDigests.map(parseBundleDigest).filter((digest) => digest !== undefined);
    this.#parts.bundles.register(digests);
    for (const digest of digests) {
      const own = modules.filter((module) => module.bundleDigest === digest);
      this.#parts.tasks.add(this.#prepareOne(digest, own));
    }
  }

  async #prepareOne(bundleDigest: BundleDigest, modules: readonly NativeModule[]): Promise<void> {
    try {
      await this.#parts.bundles.folderOf(bundleDigest);
    } catch (problem) {
      const error = dependencyError(problem);
      this.#parts.link.prepared(create(PreparedBundleSchema, { bundleDigest, ready: false, error }));
      return;
    }
    const unready: Unready = new Map(modules.map(({ key }) => [key, undefined]));
    this.#tell(bundleDigest, unready);
    await Promise.all(modules.map((module) => this.#build(module, unready)));
    if (modules.length > 0) this.#tell(bundleDigest, unready);
  }

  async #build(module: NativeModule, unready: Unready): Promise<void> {
    try {
      await this.#parts.build(functionsOf(module));
      unready.delete(module.key);
    } catch (problem) {
      unready.set(module.key, (problem as Error).message);
    }
  }

  #tell(bundleDigest: BundleDigest, unready: Unready): void {
    const modules = [...unready].map(([key, message]) => ({
      key,
      ...(message === undefined ? {} : { error: dependencyError(new Error(message)) }),
    }));
    this.#parts.link.prepared(create(PreparedBundleSchema, { bundleDigest, ready: true, modules }));
  }
}

const dependencyError = (problem: unknown) => ({
  type: "pg\\!DependencyError",
  message: (problem as Error).message,
});

const decoder = new TextDecoder();

function functionsOf({ lang, path, version, bundleDigest, functions }: NativeModule): NativeUse[] {
  const known = nativeLanguages.find((one) => one === lang);
  if (known === undefined) throw new Error(`the language '${lang}' is not known here: this agent is older`);
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
  }));
}
