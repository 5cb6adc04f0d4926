/** Rules between fields of one object. JSON Schema has no words for them, so they hold in `validate` alone. */
import type { z } from "zod";

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: Fields, context: z.core.$RefinementCtx) => void;

export function exactlyOne(...names: readonly string[]): Check {
  return (value, context) => {
    const given = names.filter((name) => value[name] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? "none is there" : `got ${given.join(" and ")}`;
    context.addIssue({ code: "custom", message: `exactly one of ${names.join(", ")} must be there, ${found}` });
  };
}

export function atMostOne(...names: readonly string[]): Check {
  return (value, context) => {
    const [first, ...others] = names.filter((name) => value[name] !== undefined);
    const second = others[0];
    if (first === undefined || second === undefined) return;
    const message = `only one of ${names.join(", ")} may be there, got ${[first, ...others].join(" and ")}`;
    context.addIssue({ code: "custom", path: [second], message });
  };
}

/** `name` is there where another field has this value, and only there. */
export function neededBy(name: string, other: string, otherValue: string): Check {
  return (value, context) => {
    const isNeeded = value[other] === otherValue;
    if (isNeeded === (value[name] !== undefined)) return;
    const message = isNeeded ? `must be there where ${other} is ${otherValue}` : `is for ${other}: ${otherValue} alone`;
    context.addIssue({ code: "custom", path: [name], message });
  };
}

/** Both read as numbers by `parse`; where one is absent there is nothing to compare. */
export function notAbove(low: string, high: string, parse: (value: never) => number | undefined): Check {
  return (value, context) => {
    const lower = value[low] === undefined ? undefined : parse(value[low] as never);
    const upper = value[high] === undefined ? undefined : parse(value[high] as never);
    if (lower === undefined || upper === undefined || lower <= upper) return;
    const message = `may not be more than ${high} (${String(value[high])}), got ${String(value[low])}`;
    context.addIssue({ code: "custom", path: [low], message });
  };
}

export const asNumber = (value: number): number => value;
