/** Canonical values as they travel: JSON in UTF-8, which passes through as text. */
import type { CanonicalValue } from "@polyglot/contracts";
import { apiError } from "./api-error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

export interface DecodedJson {
  readonly text: string;
  readonly value: CanonicalValue;
}

/** Refuses what is too large, or no JSON. */
export function decodeJson(bytes: Uint8Array, maxBytes: number, field: string): DecodedJson {
  if (bytes.length > maxBytes) {
    const message = `'${field}' has at most ${maxBytes} bytes as JSON, got ${bytes.length}`;
    throw apiError("request/too-large", message, field);
  }
  try {
    const text = decoder.decode(bytes);
    return { text, value: JSON.parse(text) as CanonicalValue };
  } catch {
    throw apiError("request/invalid", `'${field}' is not JSON in UTF-8`, field);
  }
}

/** A key or name of 1 to `max` characters, without U+0000. */
export function checkName(name: string, max: number, field: string): string {
  if (name.length >= 1 && name.length <= max && !name.includes("\0")) return name;
  const message = `a ${field} has 1 to ${max} characters and no U+0000, got ${name.length} characters`;
  throw apiError("request/invalid", message, field);
}
