/** What another attempt of a durable execution does with names of the library that one before it has run. */
import { collections } from "./collections.ts";
import { csv } from "./csv.ts";
import { fileNames } from "./file-names.ts";
import { json } from "./json.ts";
import { logFunctions } from "./log.ts";
import { logic } from "./logic.ts";
import { math } from "./math.ts";
import { raising } from "./raising.ts";
import { secrets } from "./secrets.ts";
import { strings } from "./strings.ts";
import { timeText } from "./time-text.ts";
import { yaml } from "./yaml.ts";

/** The same arguments give the same results, and nothing else comes of it. */
const pure: ReadonlySet<string> = new Set(
  Object.keys({
    ...collections,
    ...csv,
    ...fileNames,
    ...json,
    ...logic,
    ...math,
    ...raising,
    ...strings,
    ...timeText,
    ...yaml,
  }),
);

/** Asked anew by each attempt: what they answer is committed nowhere. */
const unkept: ReadonlySet<string> = new Set(Object.keys(secrets));

/** Said twice, they do no harm: nothing waits for their commit. */
const harmless: ReadonlySet<string> = new Set([...Object.keys(logFunctions), "U.Error.Log"]);

/** `none`: it runs again. */
export function durabilityOf(name: string): "none" | "later" | "now" {
  if (harmless.has(name)) return "later";
  return pure.has(name) || unkept.has(name) ? "none" : "now";
}
