/** A cargo crate, or one Rust file: `pub fn` of its root and of its public modules, each a file of its own. */
import { folderOf, joinPath, resolvePath } from "../source/paths.ts";
import type { BundleReader } from "./bundle-reader.ts";
import { ModuleBuilder, type NativeModule } from "./native-module.ts";
import { readRust } from "./rust.ts";

/** `path` is a file, or the folder of a crate. Undefined where the folder has no root file. */
export function readCrate(path: string, bundle: BundleReader): NativeModule | undefined {
  const root = bundle.has(path) ? path : rootOf(path, bundle);
  if (root === undefined || !bundle.has(root)) return undefined;
  const found = new ModuleBuilder();
  readModule(root, folderOf(root), "", bundle, found);
  return bundle.finish(found);
}

/** `path` under `[lib]` in Cargo.toml, else `src/lib.rs`. */
function rootOf(folder: string, bundle: BundleReader): string | undefined {
  const lines = (bundle.text(joinPath(folder, "Cargo.toml")) ?? "").split("\n").map((line) => line.trim());
  const start = lines.indexOf("[lib]") + 1;
  const section = start === 0 ? [] : lines.slice(start);
  const end = section.findIndex((line) => line.startsWith("["));
  const paths = section
    .slice(0, end === -1 ? undefined : end)
    .flatMap((line) => /^path\s*=\s*["']([^"']+)["']/.exec(line)?.[1] ?? []);
  return resolvePath(folder, paths[0] ?? "src/lib.rs");
}

/** Modules without a body stand in files named after them, in the folder of the module that names them. */
function readModule(path: string, folder: string, prefix: string, bundle: BundleReader, found: ModuleBuilder): void {
  const inner = bundle.parse("rust", path, (root) => readRust(root, prefix, found)) ?? [];
  for (const module of inner) {
    const at = joinPath(folder, module.join("/"));
    const file = [`${at}.rs`, `${at}/mod.rs`].find((candidate) => bundle.has(candidate));
    if (file === undefined || prefix.split(".").length > maxDepth) found.isOpen = true;
    else readModule(file, at, `${prefix}${module.join(".")}.`, bundle, found);
  }
}

/** Depth of nested modules that are looked into. */
const maxDepth = 20;
