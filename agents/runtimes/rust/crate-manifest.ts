/** What of a Cargo.toml a build has to know before cargo runs. Lines are enough: tables and keys stand on lines of their own. */
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { BuildFailure } from "../compiled/builds.ts";

export interface CrateManifest {
  /** The name of the library's file: `[lib] name`, else the package's with underscores. */
  readonly library: string;
  /** The folder that has the lock file and that cargo names files from: the workspace's, else the crate's own. */
  readonly root: string;
  /** Undefined where none lies there. */
  readonly lock: string | undefined;
}

/** `path`: the crate's folder, below the bundle's. */
export async function readCrateManifest(folder: string, path: string): Promise<CrateManifest> {
  const file = join(path, "Cargo.toml");
  const text = await textOf(join(folder, file));
  if (text === undefined) throw new BuildFailure(`${file} is not in the bundle: a folder of Rust is a cargo crate`);
  const name = nameIn("lib", text) ?? nameIn("package", text);
  if (name === undefined)
    throw new BuildFailure(`${file} names no package: \`[package]\` with \`name = "…"\` is missing`);
  const root = await workspaceOf(folder, path);
  return { library: name.replaceAll("-", "_"), root, lock: await textOf(join(folder, root, "Cargo.lock")) };
}

export interface FileManifest extends Pick<CrateManifest, "lock"> {
  readonly text: string;
}

/** A manifest whose packages one file of Rust has: its library is that file. */
export async function manifestOfFile(folder: string, path: string, file: string): Promise<FileManifest> {
  const text = (await textOf(join(folder, path))) ?? "";
  const known = tables(text);
  const inherits = /\bworkspace\s*=\s*true/.test(text);
  const parts = [
    known.has("package") ? "" : '[package]\nname = "user"\nversion = "0.0.0"\nedition = "2021"',
    withoutTable("lib", text).trim(),
    `[lib]\nname = "user"\npath = ${JSON.stringify(file)}`,
    // Of no workspace that happens to stand above it.
    known.has("workspace") || inherits ? "" : "[workspace]",
  ];
  const at = posix.dirname(path);
  const root = inherits ? await workspaceOf(folder, at) : at;
  return {
    text: `${parts.filter((part) => part !== "").join("\n\n")}\n`,
    lock: await textOf(join(folder, root, "Cargo.lock")),
  };
}

/** The folder and those above it, up to the bundle's. */
export function foldersUpward(path: string): string[] {
  const normal = posix.normalize(path);
  return normal === "." || normal === "/" ? ["."] : [normal, ...foldersUpward(posix.dirname(normal))];
}

/** The nearest folder upward whose manifest is of a workspace, as cargo looks for it. */
async function workspaceOf(folder: string, path: string): Promise<string> {
  for (let at = path; ; at = posix.dirname(at)) {
    const text = await textOf(join(folder, at, "Cargo.toml"));
    if (text !== undefined && tables(text).has("workspace")) return at;
    if (at === "." || at === "" || at === "/") return path;
  }
}

const textOf = (path: string): Promise<string | undefined> => readFile(path, "utf8").catch(() => undefined);

const header = /^\s*\[+\s*([\w.-]+)[^\]]*\]/;

function tables(text: string): ReadonlySet<string> {
  return new Set(text.split("\n").flatMap((line) => header.exec(line)?.[1] ?? []));
}

function withoutTable(table: string, text: string): string {
  let isInside = false;
  const kept = text.split("\n").filter((line) => {
    const name = header.exec(line)?.[1];
    if (name !== undefined) isInside = name === table;
    return !isInside;
  });
  return kept.join("\n");
}

/** `name = "…"` of a table. */
function nameIn(table: string, text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const start = lines.findIndex((line) => header.exec(line)?.[1] === table) + 1;
  if (start === 0) return undefined;
  const end = lines.findIndex((line, index) => index >= start && line.startsWith("["));
  const own = lines.slice(start, end === -1 ? undefined : end);
  return own.flatMap((line) => /^name\s*=\s*["']([\w-]+)["']/.exec(line)?.[1] ?? [])[0];
}
