/** A requirements file with those that it names: all bytes that decide what pip installs. */
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { EnvironmentFailure } from "./environment-failure.ts";
import { environmentLimits } from "./limits.ts";

export interface RequirementsFiles {
  /** By their paths in the bundle. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Lines that ask for a package. */
  readonly packages: number;
}

export async function readRequirements(folder: string, path: string): Promise<RequirementsFiles> {
  const files = new Map<string, Uint8Array>();
  const waiting = [{ path, namedBy: path, isRequirement: true }];
  let packages = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (files.has(next.path)) continue;
    if (files.size >= environmentLimits.files)
      throw new EnvironmentFailure(`${path} names more than ${environmentLimits.files} files`);
    const bytes = await readFile(join(folder, next.path)).catch(() => undefined);
    if (bytes === undefined)
      throw new EnvironmentFailure(`${next.namedBy}: there is no file '${next.path}' in the bundle`);
    files.set(next.path, bytes);
    const lines = bytes.toString("utf8").split(/\r?\n/);
    if (next.isRequirement) packages += lines.filter((line) => /^\s*[A-Za-z0-9]/.test(line)).length;
    for (const [index, line] of lines.entries()) {
      const named = namedFile(line);
      if (named === undefined) continue;
      const found = within(named.path, next.path);
      if (found === undefined) throw new EnvironmentFailure(refusal(`${next.path}:${index + 1}`, named.path));
      waiting.push({ path: found, namedBy: `${next.path}:${index + 1}`, isRequirement: named.isRequirement });
    }
  }
  return { files, packages };
}

const fileOption = /^\s*(-r|-c|--requirement|--constraint)(?:\s*=\s*|\s+|(?<=-[rc]))(\S+)/;

function namedFile(line: string): { readonly path: string; readonly isRequirement: boolean } | undefined {
  const [, option, path] = fileOption.exec(line) ?? [];
  if (option === undefined || path === undefined) return undefined;
  return { path, isRequirement: option === "-r" || option === "--requirement" };
}

/** pip reads a path from the folder of the file that names it. */
function within(named: string, by: string): string | undefined {
  if (named.startsWith("/") || named.includes(":")) return undefined;
  const path = posix.normalize(posix.join(posix.dirname(by), named));
  return path.startsWith("../") ? undefined : path;
}

const refusal = (place: string, named: string): string =>
  `${place}: '${named.replace(/\/\/[^@/]*@/, "//…@").slice(0, 200)}' is not a file of the bundle, so what it asks for could change unseen`;
