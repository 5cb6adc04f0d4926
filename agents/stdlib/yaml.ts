/** `|U.Yaml.`: YAML 1.2 with the core schema, one document. */
import type { CanonicalValue } from "@polyglot/contracts";
import { type Document, parseDocument, Scalar, stringify as write } from "yaml";
import { canonicalFloat, canonicalInt } from "../convert/numbers.ts";
import { numberOf } from "./compare-values.ts";
import { define, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";
import { mapOf, type Pair, pairsOf } from "./maps.ts";
import { contentOf } from "./tagged.ts";
import { textOfValue } from "./text-of-value.ts";

/** Characters of a document: it is read at once, and the agent waits meanwhile. */
const maxTextLength = 2 ** 20;
/** Uses of an anchor, with those inside of what it stands for: a few lines could stand for more than memory holds. */
const maxAliases = 100;
const maxDepth = 100;

const options = { version: "1.2", schema: "core" } as const;

function parse(text: string): CanonicalValue {
  if (text.length > maxTextLength) {
    throw new Refused("ValidationError", `'text' has ${text.length} characters; at most ${maxTextLength} are read`);
  }
  const document = parseDocument(text, { ...options, intAsBigInt: true, logLevel: "error" });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw notYaml(problem.message);
  return canonical(plainOf(document), 0);
}

function plainOf(document: Document): unknown {
  try {
    return document.toJS({ mapAsMap: true, maxAliasCount: maxAliases });
  } catch (error) {
    throw notYaml((error as Error).message);
  }
}

/** The first line of a message; those after it show the text. */
const notYaml = (message: string): Refused =>
  new Refused("ConversionError", `the text is not YAML 1.2: ${message.split("\n")[0]?.replace(/:$/, "")}`);

function canonical(value: unknown, depth: number): CanonicalValue {
  if (depth > maxDepth) throw notYaml(`it nests more than ${maxDepth} deep`);
  if (typeof value === "bigint") return canonicalInt(value);
  if (typeof value === "number") return canonicalFloat(value);
  if (Array.isArray(value)) return value.map((item) => canonical(item, depth + 1));
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (!(value instanceof Map)) return (value ?? null) as CanonicalValue;
  const pairs = [...value].map(([key, item]): Pair => [canonical(key, depth + 1), canonical(item, depth + 1)]);
  return mapOf(pairs);
}

function stringify(value: CanonicalValue): string {
  return write(plain(value, 0), { ...options, lineWidth: 0, aliasDuplicateObjects: false });
}

function plain(value: CanonicalValue, depth: number): unknown {
  if (depth > maxDepth) throw new Refused("ConversionError", `'value' nests more than ${maxDepth} deep`);
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  const number = numberOf(value);
  if (number !== undefined) return typeof number === "number" && contentOf(value, "$float") ? floatOf(number) : number;
  const range = contentOf(value, "$range");
  if (range !== undefined) return plain(range, depth);
  if (Array.isArray(value)) return value.map((item: CanonicalValue) => plain(item, depth + 1));
  const pairs = pairsOf(value);
  if (pairs !== undefined) return new Map(pairs.map(([key, item]) => [plain(key, depth + 1), plain(item, depth + 1)]));
  const text = textOfValue(value);
  if (text.kind === "text") return text.text;
  throw new Refused("ConversionError", `${text.what} has no form in YAML`);
}

/** `1` would be read as an int, so a float that is integral shows its point. */
function floatOf(value: number): Scalar {
  const scalar = new Scalar(value);
  scalar.minFractionDigits = 1;
  return scalar;
}

export const yaml: Readonly<Record<string, LibraryFunction>> = {
  "U.Yaml.Parse": define("text", (given) => parse(given.text("text"))),
  "U.Yaml.Stringify": define("value", (given) => stringify(given.any("value"))),
};
