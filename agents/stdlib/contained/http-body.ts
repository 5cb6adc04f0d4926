/** Bodies of HTTP messages as values, by their content type. */
import type { CanonicalValue } from "@polyglot/contracts";
import { Refused } from "../given.ts";
import { parseJson } from "../json.ts";
import { httpLimits } from "./http-limits.ts";
import { wordOf } from "../tagged.ts";
import { jsonOfValue } from "../text-of-value.ts";

export interface Body {
  readonly bytes: Buffer;
  /** Where the caller names no other. */
  readonly type: string;
}

/** Text and bytes as they are; anything else as JSON. None is no body. */
export function bodyOf(value: CanonicalValue): Body | undefined {
  if (value === null) return undefined;
  if (typeof value === "string") return { bytes: Buffer.from(value), type: "text/plain; charset=utf-8" };
  const base64 = wordOf(value, "$bytes");
  if (base64 !== undefined) return { bytes: Buffer.from(base64, "base64"), type: "application/octet-stream" };
  const json = jsonOfValue(value);
  if (json.kind === "text") return { bytes: Buffer.from(json.text), type: "application/json" };
  throw new Refused("ConversionError", `'body' holds ${json.what}, which has no form in JSON`);
}

/** Of a response without a content type: None where it is empty, else bytes. */
export function valueOfBody(bytes: Buffer, contentType: string | undefined): CanonicalValue {
  const { type, charset } = mediaTypeOf(contentType ?? "");
  if (isJson(type)) return bytes.length === 0 ? null : jsonIn(bytes, type);
  if (isText(type) || charset !== undefined) return textIn(bytes, charset) ?? asBytes(bytes);
  return bytes.length === 0 ? null : asBytes(bytes);
}

function mediaTypeOf(contentType: string): { type: string; charset: string | undefined } {
  const [type = "", ...parameters] = contentType.split(";");
  const charset = parameters.map((one) => /^\s*charset\s*=\s*"?([\w.:-]+)"?\s*$/i.exec(one)?.[1]).find((one) => one);
  return { type: type.trim().toLowerCase(), charset };
}

const isJson = (type: string): boolean => type === "application/json" || type === "text/json" || type.endsWith("+json");

const textTypes: ReadonlySet<string> = new Set([
  "application/xml",
  "application/javascript",
  "application/yaml",
  "application/x-yaml",
  "application/x-ndjson",
  "application/x-www-form-urlencoded",
]);
const isText = (type: string): boolean => type.startsWith("text/") || type.endsWith("+xml") || textTypes.has(type);

function jsonIn(bytes: Buffer, type: string): CanonicalValue {
  if (bytes.length > httpLimits.maxJsonBytes) {
    const message = `the response is ${bytes.length} bytes of ${type}, and at most ${httpLimits.maxJsonBytes} are read`;
    throw new Refused("ResourceError", message);
  }
  const text = textIn(bytes, "utf-8");
  if (text === undefined)
    throw new Refused("ConversionError", `the response says that it is ${type}, and is not UTF-8`);
  return parseJson(text, `the response says that it is ${type}, and it is not`);
}

/** Undefined where the bytes are no text in that character set: a wrong text is worse than bytes. */
function textIn(bytes: Buffer, charset = "utf-8"): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const asBytes = (bytes: Buffer): CanonicalValue => ({ $bytes: bytes.toString("base64") });
