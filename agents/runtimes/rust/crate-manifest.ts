/** What of a crate's Cargo.toml a build has to know before cargo runs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BuildFailure } from "../compiled/builds.ts";
import type { ModuleSource } from "../language.ts";

export interface CrateManifest {
  /** The name of the library's file: `[lib] name`, else the package's with underscores. */
  readonly library: string;
}

export async function readCrateManifest({ folder, path }: ModuleSource): Promise<CrateManifest> {
  const file = join(path, "Cargo.toml");
  const text = await readFile(join(folder, file), "utf8").catch(() => {
    throw new BuildFailure(`${file} is not in the bundle: a folder of Rust is a cargo crate`);
  });
  const name = nameIn("lib", text) ?? nameIn("package", text);
  if (name === undefined)
    throw new BuildFailure(`${file} names no package: \`[package]\` with \`name = "…"\` is missing`);
  return { library: name.replaceAll("-", "_") };
}

/** `name = "…"` of a table. */
function nameIn(table: string, text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const start = lines.indexOf(`[${table}]`) + 1;
  if (start === 0) return undefined;
  const end = lines.findIndex((line, index) => index >= start && line.startsWith("["));
  const own = lines.slice(start, end === -1 ? undefined : end);
  return own.flatMap((line) => /^name\s*=\s*["']([\w-]+)["']/.exec(line)?.[1] ?? [])[0];
}
