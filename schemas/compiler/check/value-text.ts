import type { CanonicalValue } from "@polyglot/contracts";

/** A value in a message, as `.pg` writes it where that is short. */
export function valueText(value: CanonicalValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  const [tag, inner] = typeof value === "object" ? (Object.entries(value)[0] ?? []) : [];
  // Tagged values have one form; see values.ts of the contracts.
  if (tag === "$duration") return durationText(inner as unknown as Duration);
  const isPlain = tag === "$enum" || tag === "$int" || tag === "$float" || tag === "$datetime";
  return isPlain && typeof inner === "string" ? inner : JSON.stringify(value);
}

interface Duration {
  readonly months: number;
  readonly seconds: number;
}

function durationText({ months, seconds }: Duration): string {
  if (months === 0) return `a duration of ${seconds} s`;
  return `a duration of ${months} months${seconds === 0 ? "" : ` and ${seconds} s`}`;
}
