import type { CanonicalValue } from "@polyglot/contracts";

/** A map in its canonical form. */
export function mapOf(entries: readonly (readonly [string, CanonicalValue])[]): CanonicalValue {
  return entries.some(([key]) => key.startsWith("$")) ? { $map: entries } : Object.fromEntries(entries);
}
