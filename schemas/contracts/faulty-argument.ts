import type { CanonicalValue } from "./values.ts";

export type WrittenArguments = Readonly<Record<string, CanonicalValue>>;

/** The first argument of a trigger that is not what it has to be. */
export interface ArgumentFault {
  readonly argument: string;
  readonly allowed: string;
  readonly seen: string;
}

/** Thrown while arguments are parsed; `faultless` catches it. */
export class FaultyArgument extends Error {
  readonly fault: ArgumentFault;

  constructor(argument: string, allowed: string, seen: CanonicalValue | undefined) {
    super(allowed);
    this.fault = { argument, allowed, seen: seen === undefined ? "nothing" : JSON.stringify(seen) };
  }
}

/** What was parsed, or the argument at which that failed. */
export function faultless<Value>(parse: () => Value): { readonly value: Value } | { readonly fault: ArgumentFault } {
  try {
    return { value: parse() };
  } catch (error) {
    if (error instanceof FaultyArgument) return { fault: error.fault };
    throw error;
  }
}
