/**
 * One text for one value: keys sorted by code unit, no white space. What is digested or compared is written so.
 * The form is that of RFC 8785 (JSON Canonicalization Scheme) for the values that occur here.
 */
import { createHash } from "node:crypto";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Readonly<Record<string, unknown>>);
}

function canonicalArray(items: readonly unknown[]): string {
  let text = "[";
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += ",";
    text += canonicalJson(items[index] ?? null);
  }
  return `${text}]`;
}

/** Plain loops: the digests of plans are a fifth of what compiling costs. */
function canonicalObject(value: Readonly<Record<string, unknown>>): string {
  let text = "";
  // Without a comparison of its own, sorting is by code unit.
  for (const key of Object.keys(value).sort()) {
    const item = value[key];
    if (item === undefined) continue;
    text += text === "" ? "{" : ",";
    text += `${canonicalText(key)}:${typeof item === "string" ? canonicalText(item) : canonicalJson(item)}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

/** Printable ASCII without quote and backslash needs no escape. */
const plain = /^[ !#-[\]-~]*$/;

function canonicalText(text: string): string {
  return text.length < 64 && plain.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** `sha256:` and the digest of the bytes in hexadecimal. */
export function sha256(bytes: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
