import { artifacts } from "./artifacts.ts";
import { cache } from "./cache.ts";
import { calling } from "./calling.ts";
import { collections } from "./collections.ts";
import { conditions } from "./conditions.ts";
import { csv } from "./csv.ts";
import { fileNames } from "./file-names.ts";
import { host } from "./host.ts";
import { json } from "./json.ts";
import type { LibraryFunction } from "./library-function.ts";
import { logFunctions } from "./log.ts";
import { logic } from "./logic.ts";
import { math } from "./math.ts";
import { raising } from "./raising.ts";
import { secrets } from "./secrets.ts";
import { state } from "./state.ts";
import { strings } from "./strings.ts";
import { timeText } from "./time-text.ts";
import { times } from "./times.ts";
import { yaml } from "./yaml.ts";

/** What runs, by canonical name. The compiler's registry has names, documentation and aliases; this has the doing. */
export const library: ReadonlyMap<string, LibraryFunction> = new Map(
  Object.entries({
    ...logFunctions,
    ...fileNames,
    ...strings,
    ...logic,
    ...math,
    ...collections,
    ...conditions,
    ...json,
    ...yaml,
    ...csv,
    ...times,
    ...timeText,
    ...raising,
    ...host,
    ...state,
    ...cache,
    ...artifacts,
    ...secrets,
    ...calling,
  }),
);
