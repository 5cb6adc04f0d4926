import { fileConditions } from "./conditions.ts";
import type { ContainedFunction } from "./contained-function.ts";
import { database } from "./database.ts";
import { files } from "./files.ts";
import { folders } from "./folders.ts";
import { http } from "./http.ts";
import { processes } from "./processes.ts";

/** What runs in a library worker, by canonical name: utilities (`U.`), conditions (`T.`), and wrappers (`W.`) that give a handle. */
export const containedLibrary: ReadonlyMap<string, ContainedFunction> = new Map(
  Object.entries({
    ...files,
    ...folders,
    ...processes,
    ...http,
    ...database,
    ...fileConditions,
  }),
);
