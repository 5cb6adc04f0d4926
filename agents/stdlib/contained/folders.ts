/** `|U.System.Directory.` */
import type { Dirent } from "node:fs";
import { lstat, mkdir, readdir, realpath, rm, rmdir } from "node:fs/promises";
import { join, relative } from "node:path";
import picomatch from "picomatch";
import { type Given, Refused } from "../given.ts";
import { contained, type ContainedContext, type ContainedFunction } from "./contained-function.ts";
import { pathOf } from "./paths.ts";
import { tellingPath } from "./system-problem.ts";

type ContainedGiven = Given<ContainedContext>;

async function list(given: ContainedGiven) {
  const folder = pathOf(given, "path");
  const pattern = given.has("pattern") && given.any("pattern") !== null ? given.text("pattern") : undefined;
  const found = await tellingPath(folder, () => new Listing(folder, pattern, given.context).paths());
  return [found.toSorted()];
}

/** What a folder holds, and the folders below it as deep as the pattern asks. Links are named and not followed. */
class Listing {
  readonly #folder: string;
  readonly #context: ContainedContext;
  readonly #matches: (path: string) => boolean;
  /** Levels below the folder. */
  readonly #depth: number;
  readonly #found: string[] = [];

  constructor(folder: string, pattern: string | undefined, context: ContainedContext) {
    this.#folder = folder;
    this.#context = context;
    this.#matches = pattern === undefined ? () => true : picomatch(pattern);
    this.#depth = pattern?.includes("**") ? Number.POSITIVE_INFINITY : (pattern ?? "").split("/").length;
  }

  async paths(): Promise<readonly string[]> {
    await this.#walk(this.#folder, 1);
    return this.#found;
  }

  async #walk(folder: string, level: number): Promise<void> {
    for (const entry of await this.#entriesOf(folder, level)) {
      this.#context.signal.throwIfAborted();
      const path = join(folder, entry.name);
      if (this.#matches(relative(this.#folder, path))) this.#add(path);
      if (entry.isDirectory() && level < this.#depth) await this.#walk(path, level + 1);
    }
  }

  /** A folder below may go, or be closed to us, while the others are listed; the one that was asked for may not. */
  async #entriesOf(folder: string, level: number): Promise<Dirent[]> {
    const entries = readdir(folder, { withFileTypes: true });
    return level === 1 ? entries : entries.catch(() => []);
  }

  #add(path: string): void {
    const { maxListedPaths } = this.#context.settings.limits;
    if (this.#found.length >= maxListedPaths) {
      throw new Refused("ResourceError", `'${this.#folder}' holds more than ${maxListedPaths} paths that match`);
    }
    this.#found.push(path);
  }
}

async function create(given: ContainedGiven): Promise<[]> {
  const path = pathOf(given, "path");
  await tellingPath(path, () => mkdir(path, { recursive: true }));
  return [];
}

/** With all that is in it only where that is asked for; never the place where relative paths start, or what holds it. */
async function remove(given: ContainedGiven): Promise<[]> {
  const path = pathOf(given, "path");
  const recursive = given.has("recursive") && given.any("recursive") !== null && given.bool("recursive");
  await tellingPath(path, async () => {
    // A link is deleted as a file is, and leaves what it leads to alone.
    if (!(await lstat(path)).isDirectory()) throw new Refused("FileError", `'${path}': it is no folder`);
    await refuseDataRoot(path, given.context);
    await (recursive ? rm(path, { recursive: true }) : rmdir(path));
  });
  return [];
}

async function refuseDataRoot(path: string, { settings }: ContainedContext): Promise<void> {
  const [asked, root] = await Promise.all([realpath(path), realpath(settings.dataRoot)]);
  const way = relative(asked, root);
  if (way !== ".." && !way.startsWith("../")) {
    throw new Refused(
      "ValidationError",
      `'${path}' holds the agent's data root '${settings.dataRoot}' and is not deleted`,
    );
  }
}

export const folders: Readonly<Record<string, ContainedFunction>> = {
  "U.System.Directory.List": contained("path, pattern", list),
  "U.System.Directory.Create": contained("path", create),
  "U.System.Directory.Delete": contained("path, recursive", remove),
};
