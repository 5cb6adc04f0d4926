/** A folder with CMakeLists.txt: functions that its sources define, with what their headers say of them. */
import { folderOf, joinPath, resolvePath } from "../source/paths.ts";
import type { BundleReader } from "./bundle-reader.ts";
import { type CmakeTargets, readTargets } from "./cmake.ts";
import { CppDeclarations, includesOf, readCpp, readDeclarations } from "./cpp.ts";
import { ModuleBuilder, type NativeModule } from "./native-module.ts";

/** Undefined where the folder has no CMakeLists.txt: what is in it is known when an agent builds it. */
export function readCmakeFolder(folder: string, bundle: BundleReader): NativeModule | undefined {
  if (!bundle.has(joinPath(folder, "CMakeLists.txt"))) return undefined;
  const targets = readTargets(folder, bundle);
  const declared = new CppDeclarations();
  const headers = new HeaderReader(targets, declared, bundle);
  const found = new ModuleBuilder();
  for (const source of targets.sources) headers.readThoseOf(source);
  for (const source of targets.sources) bundle.parse("cpp", source, (root) => readCpp(root, declared, found));
  for (const header of headers.read) bundle.parse("cpp", header, (root) => readCpp(root, declared, found));
  // A program's entry is no function that anyone calls.
  found.functions.delete("main");
  found.unsupported.delete("main");
  found.isOpen ||= targets.isOpen || targets.sources.size === 0;
  return bundle.finish(found);
}

/** Headers of the bundle that files include, each once. */
class HeaderReader {
  readonly read = new Set<string>();
  readonly #targets: CmakeTargets;
  readonly #declared: CppDeclarations;
  readonly #bundle: BundleReader;

  constructor(targets: CmakeTargets, declared: CppDeclarations, bundle: BundleReader) {
    this.#targets = targets;
    this.#declared = declared;
    this.#bundle = bundle;
  }

  /** A list and no recursion: chains of includes are as long as a bundle allows. */
  readThoseOf(source: string): void {
    const open = [source];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const included = this.#bundle.parse("cpp", path, (root) => {
        readDeclarations(root, this.#declared);
        return includesOf(root);
      });
      for (const header of this.#resolve(included ?? [], path)) {
        if (this.read.has(header) || this.#targets.sources.has(header)) continue;
        this.read.add(header);
        open.push(header);
      }
    }
  }

  /** Beside the file first, then in the folders that the targets name; what is in none is the system's. */
  #resolve(included: readonly string[], path: string): string[] {
    const folders = [folderOf(path), ...this.#targets.includeFolders];
    return included.flatMap((name) => {
      const candidates = folders.flatMap((folder) => resolvePath(folder, name) ?? []);
      return candidates.find((candidate) => this.#bundle.has(candidate)) ?? [];
    });
  }
}
