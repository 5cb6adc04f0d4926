/** Native code of the bundles that are compiled, each file, crate or CMake folder read once. */
import type { NativeLanguage } from "@polyglot/contracts";
import type { NativeImport } from "../check/file-scope.ts";
import { BundleReader } from "./bundle-reader.ts";
import { readCmakeFolder } from "./cmake-folder.ts";
import { readCpp } from "./cpp.ts";
import { readCrate } from "./crate.ts";
import type { Grammars } from "./grammars.ts";
import { readJavaScript } from "./javascript.ts";
import type { NativeModule } from "./native-module.ts";
import { readPython } from "./python.ts";

type Read = (path: string, bundle: BundleReader) => NativeModule | undefined;

const readers = {
  py: (path, bundle) => bundle.readFile("py", path, readPython),
  js: (path, bundle) => bundle.readFile("js", path, readJavaScript),
  rust: readCrate,
  cpp: (path, bundle) =>
    bundle.has(path) ? bundle.readFile("cpp", path, (root) => readCpp(root)) : readCmakeFolder(path, bundle),
} as const satisfies Record<NativeLanguage, Read>;

export class NativeModules {
  readonly #grammars: Grammars;
  readonly #past: ReadonlyMap<string, NativeModule | undefined>;
  readonly #read = new Map<string, NativeModule | undefined>();

  /** What `past` read of the same bundles is not read again. */
  constructor(grammars: Grammars, past?: NativeModules) {
    this.#grammars = grammars;
    this.#past = past === undefined ? new Map() : past.#read;
  }

  /** Undefined for what the compiler cannot see: modules of an environment. */
  of(imported: NativeImport): NativeModule | undefined {
    if (imported.origin !== "bundle") return undefined;
    const { lang, path, space } = imported;
    const key = JSON.stringify([space.bundle, lang, path]);
    if (!this.#read.has(key)) {
      const isKnown = this.#past.has(key);
      this.#read.set(key, isKnown ? this.#past.get(key) : this.#readModule(imported));
    }
    return this.#read.get(key);
  }

  #readModule({ lang, path, space }: NativeImport): NativeModule | undefined {
    return readers[lang](path, new BundleReader(space.bundleFiles, this.#grammars));
  }
}
