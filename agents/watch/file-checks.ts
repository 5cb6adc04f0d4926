/** `T.Check.` of files, as triggers ask them. Relative paths start at the data root, as patterns of file triggers do. */
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Arguments, Check } from "./host-checks.ts";

const periodMs = 1_000;

export function fileChecks(dataRoot: string): Readonly<Record<string, Check>> {
  const found = (given: Arguments) => statOf(resolve(dataRoot, String(given["path"])));
  return {
    "T.Check.File.Exists": { periodMs, look: async (given) => (await found(given))?.isFile() === true },
    "T.Check.Directory.Exists": { periodMs, look: async (given) => (await found(given))?.isDirectory() === true },
    "T.Check.File.Modified.After": {
      periodMs,
      look: async (given) => ((await found(given))?.mtimeMs ?? Number.NEGATIVE_INFINITY) > timeOf(given["time"]),
    },
  };
}

/** Undefined where nothing is there. */
async function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
}

function timeOf(value: unknown): number {
  const { $datetime } = value as { readonly $datetime: string };
  return Date.parse($datetime);
}
