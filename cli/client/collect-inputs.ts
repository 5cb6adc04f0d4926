import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { type CanonicalValue, checkInputs, type Inputs, type PlanInput } from "@polyglot/contracts";
import type { PipelineInput } from "@polyglot/contracts/service";
import { Failure } from "./failure.ts";
import { type ReadFile, readJson, readText } from "./read-input.ts";

export interface GivenInputs {
  /** `name=value`, as on the command line. A later one of a name wins. */
  readonly pairs: readonly string[];
  /** From a file; a pair of the same name wins. */
  readonly values: Readonly<Record<string, CanonicalValue>>;
}

/** What to send, without defaults. Throws a `Failure` that names everything that is wrong, before anything is sent. */
export function collectInputs(declared: readonly PipelineInput[], given: GivenInputs, readFile: ReadFile): Inputs {
  const types = new Map(declared.map((input) => [input.name, input.type]));
  const inputs: Record<string, CanonicalValue> = {};
  for (const [name, value] of Object.entries(given.values)) inputs[name] = readJson(types.get(name) ?? "", value);
  for (const pair of given.pairs) {
    const [name, text] = splitPair(pair);
    inputs[name] = readText(types.get(name) ?? "", text, readFile);
  }
  const { problems } = checkInputs(declared.map(toPlanInput), inputs);
  if (problems.length === 0) return inputs;
  throw new Failure("usage", problems.map((problem) => problem.message).join("\n"));
}

function splitPair(pair: string): readonly [name: string, text: string] {
  const equals = pair.indexOf("=");
  if (equals < 1) throw new Failure("usage", `an input is given as name=value, got '${pair}'`);
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}

function toPlanInput(input: PipelineInput): PlanInput {
  const { name, type, required, defaultValue } = input;
  if (required) return { name, type };
  return {
    name,
    type,
    default: defaultValue === undefined ? null : (toJson(ValueSchema, defaultValue) as CanonicalValue),
  };
}
