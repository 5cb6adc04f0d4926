/** The bytes of a body to the value that a pipeline gets, by what the sender says they are. */
import { type CanonicalValue, isNestedWithin, parseJsonText } from "@polyglot/contracts";

export type ParsedBody =
  | { readonly kind: "value"; readonly value: CanonicalValue }
  /** Not what its content type says. */
  | { readonly kind: "malformed"; readonly message: string }
  | { readonly kind: "unsupported"; readonly message: string };

/** As deep as values of the language nest. */
const mostDepth = 100;
/** Numbers of more digits take longer to read than they are worth. */
const longNumber = /\d{1001}/;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

export function parseBody(bytes: Uint8Array, contentType: string | undefined): ParsedBody {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (bytes.length === 0) return { kind: "value", value: null };
  if (type.startsWith("multipart/")) {
    return { kind: "unsupported", message: "send files as they are, or as JSON; multipart bodies are not read" };
  }
  const reader = readerOf(type);
  if (reader === undefined) return { kind: "value", value: { $bytes: Buffer.from(bytes).toString("base64") } };
  try {
    return { kind: "value", value: reader(decoder.decode(bytes)) };
  } catch (error) {
    return { kind: "malformed", message: `the body is not ${type}: ${(error as Error).message}` };
  }
}

function readerOf(type: string): ((text: string) => CanonicalValue) | undefined {
  if (type === "application/json" || type.endsWith("+json")) return readJson;
  if (type === "application/x-www-form-urlencoded") return readForm;
  return type.startsWith("text/") ? (text) => text : undefined;
}

function readJson(text: string): CanonicalValue {
  if (!isNestedWithin(text, mostDepth)) throw new Error(`it nests more than ${mostDepth} deep`);
  if (longNumber.test(text)) throw new Error("it has a number of more than 1000 digits");
  return parseJsonText(text);
}

/** Texts by name; a list where a name comes more than once. */
export function readForm(text: string): CanonicalValue {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) values.set(name, [...(values.get(name) ?? []), value]);
  const entries = [...values].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? "") : all] as const);
  if (entries.some(([name]) => name.startsWith("$"))) return { $map: entries.map(([name, value]) => [name, value]) };
  return Object.fromEntries(entries);
}

/** Forms that carry JSON in the field `payload`, as GitHub and Slack send them, are read as that JSON. */
export function parseWebhookBody(bytes: Uint8Array, contentType: string | undefined): ParsedBody {
  const parsed = parseBody(bytes, contentType ?? "application/json");
  if (parsed.kind !== "value" || !(contentType ?? "").startsWith("application/x-www-form-urlencoded")) return parsed;
  const { value } = parsed;
  const payload =
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as { payload?: unknown }).payload
      : undefined;
  return typeof payload === "string" ? parseBody(Buffer.from(payload), "application/json") : parsed;
}

/** What a JSON Schema is asked about: JSON as it came, where numbers are no tags. */
export function plainBody(bytes: Uint8Array, value: CanonicalValue, contentType: string | undefined): unknown {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const isJson = bytes.length > 0 && (type === "application/json" || type.endsWith("+json"));
  return isJson ? JSON.parse(decoder.decode(bytes)) : value;
}
