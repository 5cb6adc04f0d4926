import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import picomatch from "picomatch";

/** What a trigger watches: a folder, how deep below it, and which of its files. */
export interface WatchedPattern {
  /** Absolute path of the folder in which every match lies. */
  readonly base: string;
  /** Levels of folders below the base that may hold matches; 0: only the base itself. */
  readonly depth: number;
  /** Takes absolute paths. */
  matches(path: string): boolean;
}

/** `pollMs`: between two looks; 0: the system tells of events. */
export type PolledPattern = WatchedPattern & { readonly pollMs: number };

/** Folders of tools, whose files nobody drops for a pipeline. */
const neverWatched: ReadonlySet<string> = new Set([".polyglot", ".git", "node_modules"]);

export const isNeverWatched = (name: string): boolean => neverWatched.has(name);

/** Relative patterns start at the data root. `**` stands for any number of folders; names with a leading dot are to be named. */
export function compilePattern(pattern: string, dataRoot: string): WatchedPattern {
  const { base, glob, isGlob } = picomatch.scan(pattern);
  if (!isGlob) return exactly(resolve(dataRoot, pattern), dataRoot);
  const folder = resolve(dataRoot, base);
  const isMatch = picomatch(glob);
  return {
    base: folder,
    depth: glob.includes("**") ? Number.POSITIVE_INFINITY : glob.split("/").length - 1,
    matches: (path) => {
      const inside = relative(folder, path);
      return isBelow(inside) && isMatch(inside.split(sep).join("/")) && !isOfTool(path, dataRoot);
    },
  };
}

const isBelow = (inside: string): boolean => inside !== "" && !inside.startsWith("..") && !isAbsolute(inside);

function exactly(path: string, dataRoot: string): WatchedPattern {
  return { base: dirname(path), depth: 0, matches: (candidate) => candidate === path && !isOfTool(path, dataRoot) };
}

/** The data root itself may lie anywhere: what counts is where a file lies in it. */
function isOfTool(path: string, dataRoot: string): boolean {
  const inside = relative(dataRoot, path);
  return (isBelow(inside) ? inside : path).split(sep).some(isNeverWatched);
}
