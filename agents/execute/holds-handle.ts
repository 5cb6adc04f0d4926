import { tagOf } from "@polyglot/contracts";
import { HeldValue, type Value } from "../convert/held-value.ts";

/** Whether a handle stands anywhere in the value. No worker makes one. */
export function holdsHandle(value: Value): boolean {
  if (value === null || typeof value !== "object" || value instanceof HeldValue) return false;
  if (Array.isArray(value)) return value.some(holdsHandle);
  return tagOf(value) === "$handle" || Object.values(value).some(holdsHandle);
}
