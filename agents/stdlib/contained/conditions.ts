/** `|T.Check.` of files, as a `[?]` line asks them. */
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import type { Given } from "../given.ts";
import { Refused } from "../given.ts";
import { nanosecondsOf } from "../instant.ts";
import { contained, type ContainedContext, type ContainedFunction } from "./contained-function.ts";
import { pathOf } from "./paths.ts";
import { tellingPath } from "./system-problem.ts";

type ContainedGiven = Given<ContainedContext>;

/** Undefined where nothing is there; a folder on the way that may not be searched is an error. */
async function found(given: ContainedGiven): Promise<Stats | undefined> {
  const path = pathOf(given, "path");
  return tellingPath(path, () => stat(path)).catch((error: unknown) => {
    if (error instanceof Refused && error.type === "FileError") return undefined;
    throw error;
  });
}

async function isModifiedAfter(given: ContainedGiven): Promise<boolean> {
  const time = nanosecondsOf(given.datetime("time"));
  const stats = await found(given);
  return stats !== undefined && BigInt(Math.floor(stats.mtimeMs * 1_000)) * 1_000n > time;
}

export const fileConditions: Readonly<Record<string, ContainedFunction>> = {
  "T.Check.File.Exists": contained("path", async (given) => [(await found(given))?.isFile() === true]),
  "T.Check.Directory.Exists": contained("path", async (given) => [(await found(given))?.isDirectory() === true]),
  "T.Check.File.Modified.After": contained("path, time", async (given) => [await isModifiedAfter(given)]),
};
