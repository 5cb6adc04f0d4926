import type { CanonicalValue, PlanInput } from "@polyglot/contracts";
import type { Evaluated } from "./evaluate.ts";
import { retype } from "./retype.ts";

export interface FillingArgument {
  readonly name?: string | undefined;
  readonly value: CanonicalValue;
  readonly from: string;
}

export type Filled =
  | { readonly kind: "values"; readonly values: Readonly<Record<string, CanonicalValue>> }
  | Extract<Evaluated, { kind: "error" }>;

/** Unnamed arguments fill, in order, the inputs that no named one names. That the number fits is the compiler's to check. */
export function fillInputs(inputs: readonly PlanInput[], given: readonly FillingArgument[], namespace: string): Filled {
  const named = new Set(given.map((argument) => argument.name));
  const unnamed = inputs.filter((input) => !named.has(input.name)).values();
  const values: [string, CanonicalValue][] = [];
  for (const argument of given) {
    const input = argument.name === undefined ? unnamed.next().value : byName(inputs, argument.name);
    if (input === undefined) continue;
    const value = retype(argument.value, argument.from, input.type, { name: input.name, namespace });
    if (value.kind === "error") return value;
    values.push([input.name, value.value]);
  }
  return { kind: "values", values: Object.fromEntries(values) };
}

const byName = (inputs: readonly PlanInput[], name: string): PlanInput | undefined =>
  inputs.find((input) => input.name === name);
