/** Which files of its bundle Rust code is built of. */
import { posix } from "node:path";
import { closureOf, filesOfFolder, textsIn } from "../compiled/own-files.ts";
import type { ModuleSource } from "../language.ts";
import { foldersUpward } from "./crate-manifest.ts";

/** What takes in files under names of its own, and modules whose names a macro makes. */
const looksFor = /\binclude(?:_str|_bytes)?\s*!|\bpath\s*=|\bmod\s+\$/;
const moduleElsewhere = /\bmod\s+(?:r#)?(\w+)\s*;/g;

/** Of one file without packages: the modules that it names, which lie beside it or in folders below. */
export async function ownFilesOfFile({ folder, path }: ModuleSource): Promise<readonly string[] | undefined> {
  const root = posix.normalize(path);
  const below = posix.dirname(root);
  const all = await filesOfFolder(folder, below === "." ? "" : below, () => false);
  return closureOf(root, textsIn(folder), (_, text) =>
    looksFor.test(text)
      ? undefined
      : [...text.matchAll(moduleElsewhere)].flatMap(([, name = ""]) =>
          (all ?? []).filter((file) => isModule(file, name)),
        ),
  );
}

/** Wherever it lies: more files than needed do no harm. */
const isModule = (file: string, name: string): boolean =>
  file === `${name}.rs` ||
  file.endsWith(`/${name}.rs`) ||
  file === `${name}/mod.rs` ||
  file.endsWith(`/${name}/mod.rs`);

/** Ways up out of the folder; manifests of a workspace or of crates beside it; scripts, which may look anywhere. */
const reachesUp = /(?<!\.)\.\.(?:[/\\"']|$)/m;
const namesOthers = /\bworkspace\b|\bpath\s*=|\bbuild\s*=/;

/** Of a crate: its folder, as long as nothing in it and nothing above it leads elsewhere. */
export async function ownFilesOfCrate({ folder, path }: ModuleSource): Promise<readonly string[] | undefined> {
  const above = foldersUpward(posix.dirname(path)).flatMap((at) => settings.map((name) => posix.join(at, name)));
  const texts = await Promise.all(above.map(textsIn(folder)));
  if (texts.some((text) => text !== undefined)) return undefined;
  return filesOfFolder(
    folder,
    path,
    (file, text) =>
      reachesUp.test(text) ||
      posix.basename(file) === "build.rs" ||
      (file.endsWith("Cargo.toml") && namesOthers.test(text)),
  );
}

/** What cargo heeds in the folders above a crate. */
const settings = [
  "Cargo.toml",
  ".cargo/config.toml",
  ".cargo/config",
  "rust-toolchain.toml",
  "rust-toolchain",
] as const;
