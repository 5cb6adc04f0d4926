import type { CanonicalValue, OutputStep, OutputValue } from "@polyglot/contracts";
import { type Evaluated, evaluate } from "./evaluate.ts";
import { type Flow, failed, next } from "./flow.ts";
import { type Frame, nodeOf } from "./frame.ts";
import { at, raised } from "./raised.ts";
import type { Scope } from "./scope.ts";

/** `[o]` inside of a `[?]` or `[!]`: sets the name and ends nothing. */
export function output(step: OutputStep, frame: Frame): Flow {
  const { name, value } = step.output;
  if (value === undefined) return next;
  const found = evaluate(value, frame.scope);
  if (found.kind === "error") return failed(at(nodeOf(frame, step), found.error));
  frame.scope.set(name, found.value);
  return next;
}

export type Outputs =
  | { readonly kind: "values"; readonly values: readonly (readonly [string, CanonicalValue])[] }
  | Extract<Evaluated, { kind: "error" }>;

/**
 * What a block gives out. A value at the output's own line is a default: it counts where nothing has set the name.
 * `optional`: names that only nested lines give, and that are None where none of those was reached.
 */
export function outputsOf(outputs: readonly OutputValue[], scope: Scope, optional: (name: string) => boolean): Outputs {
  const values: [string, CanonicalValue][] = [];
  for (const line of outputs) {
    const found = valueOfOutput(line, scope, optional);
    if (found.kind === "error") return found;
    values.push([line.name, found.value]);
  }
  return { kind: "values", values };
}

function valueOfOutput(line: OutputValue, scope: Scope, optional: (name: string) => boolean): Evaluated {
  const set = scope.get(line.name);
  if (set !== undefined) return { kind: "value", value: set };
  if (line.value !== undefined) return evaluate(line.value, scope);
  if (optional(line.name)) return { kind: "value", value: null };
  const message = `output '${line.name}' has no value: no line that binds it has run`;
  return { kind: "error", error: raised("RuntimeError", message) };
}
