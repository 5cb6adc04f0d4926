/** `|U.Yaml.`: YAML 1.2 with the core schema, one document. */
import type { CanonicalValue } from "@polyglot/contracts";
import {
  type Document,
  isScalar,
  LineCounter,
  parseDocument,
  Scalar,
  stringify as write,
  visit,
  type YAMLMap,
} from "yaml";
import { canonicalFloat, canonicalInt } from "../convert/numbers.ts";
import { numberOf } from "./compare-values.ts";
import { define, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";
import { mapOf, type Pair, pairsOf } from "./maps.ts";
import { contentOf } from "./tagged.ts";
import { textOfValue } from "./text-of-value.ts";

/** Characters of a document: it is read at once, and the agent waits meanwhile. Measured: half a second of CPU time. */
const maxTextLength = 2 ** 17;
/** Values that are written as a document: the agent waits for that as well. */
const maxWritten = 50_000;
/** Uses of an anchor, with those inside of what it stands for: a few lines could stand for more than memory holds. */
const maxAliases = 100;
const maxDepth = 100;

const options = { version: "1.2", schema: "core" } as const;

function parse(text: string): CanonicalValue {
  if (text.length > maxTextLength) {
    throw new Refused("ValidationError", `'text' has ${text.length} characters; at most ${maxTextLength} are read`);
  }
  const lines = new LineCounter();
  // The package compares each key of a map with every other one: a minute for a megabyte.
  const reading = { intAsBigInt: true, logLevel: "error", uniqueKeys: false, lineCounter: lines } as const;
  const document = parseDocument(text, { ...options, ...reading });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw notYaml(problem.message);
  visit(document, { Map: (_, map) => refuseTwice(map, lines) });
  return canonical(plainOf(document), 0);
}

function refuseTwice(map: YAMLMap, lines: LineCounter): void {
  const seen = new Set<unknown>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) {
      const { line, col } = lines.linePos(key.range?.[0] ?? 0);
      throw notYaml(`Map keys must be unique at line ${line}, column ${col}`);
    }
    seen.add(key.value);
  }
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
  return write(new PlainValue().of(value, 0), { ...options, lineWidth: 0, aliasDuplicateObjects: false });
}

/** A value in the terms of the package. */
class PlainValue {
  #count = 0;

  of(value: CanonicalValue, depth: number): unknown {
    this.#count += 1;
    if (depth > maxDepth) throw new Refused("ConversionError", `'value' nests more than ${maxDepth} deep`);
    if (this.#count > maxWritten) throw new Refused("ValidationError", `'value' holds more than ${maxWritten} values`);
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    const number = numberOf(value);
    if (number !== undefined) return isTaggedFloat(value) ? floatOf(Number(number)) : number;
    const list = contentOf(value, "$range") ?? value;
    if (Array.isArray(list)) return list.map((item: CanonicalValue) => this.of(item, depth + 1));
    const pairs = pairsOf(value);
    if (pairs !== undefined) return new Map(pairs.map((pair) => pair.map((part) => this.of(part, depth + 1)) as Plain));
    const text = textOfValue(value);
    if (text.kind === "text") return text.text;
    throw new Refused("ConversionError", `${text.what} has no form in YAML`);
  }
}

type Plain = [unknown, unknown];

const isTaggedFloat = (value: CanonicalValue): boolean => contentOf(value, "$float") !== undefined;

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
