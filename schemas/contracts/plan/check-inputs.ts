/** Whether given values are what a pipeline's inputs ask for: the same answer from the command line and the API. */
import { type ErrorCode } from "../error-codes.ts";
import { parseTypeName, type TypeName } from "../type-name.ts";
import { type CanonicalValue, kindOfValue } from "../values.ts";
import type { PlanInput } from "./plan.ts";

export interface InputProblem {
  readonly code: Extract<ErrorCode, "input/missing" | "input/unknown" | "input/type">;
  readonly input: string;
  readonly message: string;
}

export type Inputs = Readonly<Record<string, CanonicalValue>>;

/** The values with defaults filled in, or everything that is wrong with them. */
export function checkInputs(
  declared: readonly PlanInput[],
  given: Inputs,
): { readonly inputs: Inputs; readonly problems: readonly InputProblem[] } {
  const problems: InputProblem[] = [];
  const inputs: Record<string, CanonicalValue> = {};
  for (const input of declared) {
    const value = Object.hasOwn(given, input.name) ? given[input.name] : input.default;
    if (value === undefined) problems.push(missing(input));
    else if (!fits(input, value)) problems.push(misfit(input, value));
    else inputs[input.name] = value;
  }
  for (const name of Object.keys(given)) {
    if (!declared.some((input) => input.name === name)) problems.push(unknown(name, declared));
  }
  return { inputs, problems };
}

const missing = (input: PlanInput): InputProblem => ({
  code: "input/missing",
  input: input.name,
  message: `input '${input.name}' (${input.type}) has no value and no default`,
});

const misfit = (input: PlanInput, value: CanonicalValue): InputProblem => ({
  code: "input/type",
  input: input.name,
  message: `input '${input.name}' takes ${input.type}, got ${shown(value)}`,
});

function unknown(name: string, declared: readonly PlanInput[]): InputProblem {
  const known = declared.map((input) => `'${input.name}'`).join(", ");
  const message = `the pipeline has no input '${name}'; it takes ${known === "" ? "none" : known}`;
  return { code: "input/unknown", input: name, message };
}

const shownLength = 40;

function shown(value: CanonicalValue): string {
  const text = JSON.stringify(value);
  return `${kindOfValue(value)} ${text.length > shownLength ? `${text.slice(0, shownLength)}…` : text}`;
}

/** A default of None lets an input take None besides its type. */
function fits(input: PlanInput, value: CanonicalValue): boolean {
  if (value === null && input.default === null) return true;
  const type = typeOf(input);
  return type === undefined || valueFits(type, value);
}

/** Of a registered plan the same inputs are checked at every activation. */
const parsed = new WeakMap<PlanInput, TypeName>();

function typeOf(input: PlanInput): TypeName | undefined {
  const known = parsed.get(input);
  if (known !== undefined) return known;
  const type = parseTypeName(input.type);
  if (type !== undefined) parsed.set(input, type);
  return type;
}

type ValueKind = ReturnType<typeof kindOfValue>;

const kindsByName: Readonly<Record<string, readonly ValueKind[]>> = {
  string: ["string"],
  str: ["string"],
  String: ["string"],
  "&str": ["string"],
  int: ["int", "$int"],
  bigint: ["int", "$int"],
  long: ["int", "$int"],
  float: ["float", "$float", "int", "$int"],
  double: ["float", "$float", "int", "$int"],
  f32: ["float", "$float", "int", "$int"],
  f64: ["float", "$float", "int", "$int"],
  number: ["float", "$float", "int", "$int"],
  bool: ["bool"],
  boolean: ["bool"],
  bytes: ["$bytes"],
  Uint8Array: ["$bytes"],
  datetime: ["$datetime"],
  Date: ["$datetime"],
  duration: ["$duration"],
  list: ["list"],
  tuple: ["list"],
  set: ["list"],
  Array: ["list"],
  Vec: ["list"],
  vector: ["list"],
  array: ["list"],
  dict: ["map", "$map"],
  map: ["map", "$map"],
  HashMap: ["map", "$map"],
  None: ["none"],
  Enum: ["$enum"],
  range: ["$range"],
  handle: ["$handle"],
};

/** Elements too, as far as the type names them. A type without an entry (`any`, `object`) takes every value. */
function valueFits(type: TypeName, value: CanonicalValue): boolean {
  if (/^[iu]\d+$/.test(type.name)) return ["int", "$int"].includes(kindOfValue(value));
  if (/^(?:Option|optional)$/.test(type.name)) return value === null || elementFits(type.arguments[0], value);
  const kinds = kindsByName[type.name];
  if (kinds === undefined) return true;
  if (!kinds.includes(kindOfValue(value))) return false;
  if (Array.isArray(value)) return value.every((item) => elementFits(type.arguments[0], item));
  return true;
}

const elementFits = (type: TypeName | number | undefined, value: CanonicalValue): boolean =>
  type === undefined || typeof type === "number" || valueFits(type, value);
