/** What answers a call in a test of a pipeline, in place of what the call names. An agent at work has none. */
import type { CanonicalValue, Target } from "@polyglot/contracts";
import type { RaisedError } from "../runtimes/native-call.ts";
import type { CallEnd, GivenArgument } from "./call.ts";
import { failed } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { at, raised } from "./raised.ts";
import { retype } from "./retype.ts";

export interface BegunCall {
  /** Node id, with the prefix of the calls that led to it. */
  readonly node: string;
  readonly target: Target;
  readonly arguments: readonly CanonicalValue[];
}

export type StandIn =
  | { readonly kind: "values"; readonly values: readonly CanonicalValue[] }
  | { readonly kind: "error"; readonly error: RaisedError };

/** Hears of each call as it begins; undefined lets the call be made. */
export type StandIns = (call: BegunCall) => StandIn | undefined;

/** Undefined where nothing stands in for the call. Results have to fit their types, as those of the real thing. */
export function standIn(
  target: Target,
  given: readonly GivenArgument[],
  types: readonly string[],
  frame: Frame,
  node: string,
): CallEnd | undefined {
  const answer = frame.execution.standIns?.({ node, target, arguments: given.map(({ value }) => value) });
  if (answer === undefined) return undefined;
  if (answer.kind === "error") return { kind: "flow", flow: failed(at(node, answer.error)) };
  if (answer.values.length < types.length) return tooFew(answer.values.length, types.length, node);
  const values: CanonicalValue[] = [];
  for (const [index, type] of types.entries()) {
    const place = { name: `result ${index + 1}`, namespace: frame.unit.namespace };
    const value = retype(answer.values[index] ?? null, "pg\\any", type, place);
    if (value.kind === "error") return { kind: "flow", flow: failed(at(node, value.error)) };
    values.push(value.value);
  }
  return { kind: "values", values };
}

function tooFew(given: number, bound: number, node: string): CallEnd {
  const message = `the stub gives ${given} results, and the step binds ${bound}`;
  return { kind: "flow", flow: failed(at(node, raised("ValidationError", message))) };
}
