import { type CanonicalValue, tagOf } from "@polyglot/contracts";

/** Whether a handle stands anywhere in the value. */
export function holdsHandle(value: CanonicalValue): boolean {
  if (value === null || typeof value !== "object") return false;
  if (Array.isArray(value)) return value.some(holdsHandle);
  return tagOf(value) === "$handle" || Object.values(value).some(holdsHandle);
}
