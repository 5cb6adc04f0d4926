/** Whether given values are what a pipeline's inputs ask for: the same answer from the command line and the API. */
import type { ErrorCode } from "../error-codes.ts";
import { kindOfType, type TypeKind } from "../type-kinds.ts";
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

const ints: readonly ValueKind[] = ["int", "$int"];
const numbers: readonly ValueKind[] = ["float", "$float", ...ints];

/** The values that a type of each kind takes; every value fits `any`, and what fits an optional is up to its element. */
const valuesOfKind: Readonly<Record<Exclude<TypeKind, "any" | "optional">, readonly ValueKind[]>> = {
  text: ["string"],
  int: ints,
  float: numbers,
  number: numbers,
  bool: ["bool"],
  bytes: ["$bytes"],
  datetime: ["$datetime"],
  duration: ["$duration"],
  enum: ["$enum"],
  none: ["none"],
  handle: ["$handle"],
  range: ["$range"],
  list: ["list"],
  map: ["map", "$map"],
};

/** Elements of lists too, as far as the type names them. */
function valueFits(type: TypeName, value: CanonicalValue): boolean {
  const kind = kindOfType(type) ?? "any";
  if (kind === "any") return true;
  if (kind === "optional") return value === null || elementFits(type.arguments[0], value);
  if (!valuesOfKind[kind].includes(kindOfValue(value))) return false;
  return !Array.isArray(value) || value.every((item) => elementFits(type.arguments[0], item));
}

const elementFits = (type: TypeName | number | undefined, value: CanonicalValue): boolean =>
  type === undefined || typeof type === "number" || valueFits(type, value);
