import type { LibraryFunction } from "./library-function.ts";
import { logFunctions } from "./log.ts";

/** What runs, by canonical name. The compiler's registry has names, documentation and aliases; this has the doing. */
export const library: ReadonlyMap<string, LibraryFunction> = new Map(Object.entries({ ...logFunctions }));
