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
  readonly #read = new Map<string, NativeModule | undefined>();

  constructor(grammars: Grammars) {
    this.#grammars = grammars;
  }

  /** Undefined for what the compiler cannot see: modules of an environment. */
  of(imported: NativeImport): NativeModule | undefined {
    if (imported.origin !== "bundle") return undefined;
    const { bundle, bundleFiles } = imported.space;
    const key = JSON.stringify([bundle, imported.lang, imported.path]);
    if (!this.#read.has(key)) {
      const reader = new BundleReader(bundleFiles, this.#grammars);
      this.#read.set(key, readers[imported.lang](imported.path, reader));
    }
    return this.#read.get(key);
  }
}
