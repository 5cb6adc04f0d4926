/** Native files of the bundles that are compiled, each read once. */
import type { NativeLanguage } from "@polyglot/contracts";
import type { NativeImport } from "../check/file-scope.ts";
import type { Grammars } from "./grammars.ts";
import type { NativeModule } from "./native-module.ts";

export class NativeModules {
  readonly #grammars: Grammars;
  readonly #read = new Map<string, NativeModule | undefined>();

  constructor(grammars: Grammars) {
    this.#grammars = grammars;
  }

  /** Undefined for what the compiler cannot see: modules of an environment, CMake projects. */
  of(imported: NativeImport): NativeModule | undefined {
    const { bundleFiles } = imported.space;
    const isBundled = imported.origin === "bundle";
    // A crate's functions are those of its root; its other files are reached through `pub mod`.
    const crateRoot = imported.lang === "rust" ? bundleFiles.get(`${imported.path}/src/lib.rs`) : undefined;
    const bytes = isBundled ? (bundleFiles.get(imported.path) ?? crateRoot) : undefined;
    if (bytes === undefined) return undefined;
    const key = JSON.stringify([imported.space.name, imported.lang, imported.path]);
    if (!this.#read.has(key)) this.#read.set(key, this.#parse(imported.lang, bytes));
    return this.#read.get(key);
  }

  #parse(lang: NativeLanguage, bytes: Uint8Array): NativeModule {
    return this.#grammars.read(lang, new TextDecoder().decode(bytes));
  }
}
