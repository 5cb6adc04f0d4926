/** Literals as canonical values; see `values.ts` of the contracts. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { ValueNode } from "../syntax/tree.ts";

/** Undefined where the value holds a variable or an enum member, which need a scope. */
export function literalOf(node: ValueNode): CanonicalValue | undefined {
  switch (node.kind) {
    case "none":
      return null;
    case "bool":
      return node.value;
    case "int":
      return canonicalInt(node.value);
    case "float":
      return canonicalFloat(node.value);
    case "string":
      return node.parts.every((part) => typeof part === "string") ? node.parts.join("") : undefined;
    case "datetime":
      return { $datetime: node.value };
    case "duration":
      return { $duration: { months: node.months, seconds: node.seconds } };
    case "list":
    case "map":
    case "enum":
    case "variable":
      return undefined;
  }
}

export function canonicalInt(value: bigint): CanonicalValue {
  const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
  return isSafe ? Number(value) : { $int: String(value) };
}

function canonicalFloat(value: number): CanonicalValue {
  if (Object.is(value, -0)) return { $float: "-0" };
  return Number.isInteger(value) ? { $float: String(value) } : value;
}

/** Keys in the order of the text. */
export function canonicalMap(entries: readonly (readonly [string, CanonicalValue])[]): CanonicalValue {
  const isPlain = entries.every(([key]) => !key.startsWith("$") && key !== "__proto__");
  return isPlain ? Object.fromEntries(entries) : { $map: entries.map(([key, value]) => [key, value]) };
}
