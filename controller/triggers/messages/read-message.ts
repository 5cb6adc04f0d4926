/** A message to the context of its trigger, or why it can start nothing. Pure. */
import { createHash } from "node:crypto";
import type { CanonicalValue, MessageSource } from "@polyglot/contracts";
import type { BodySchema } from "../endpoints/body-schema.ts";
import { parseBody, plainBody } from "../endpoints/request-body.ts";
import type { Occurrence } from "../occurrences.ts";
import type { Delivery } from "./broker.ts";

export type ReadMessage =
  | { readonly kind: "message"; readonly fields: Occurrence["fields"]; readonly dedupeKey: string | null }
  /** No delivery of it will ever do. */
  | { readonly kind: "poison"; readonly reason: string };

/** Longer ids are kept as their digest. */
const longestKey = 200;

/** `place` names it where the broker counts: the same number is another message in another topic. */
export function readMessage(
  delivery: Delivery,
  { contentType, place }: Pick<MessageSource, "contentType" | "place">,
  schema: BodySchema | undefined,
  nowMs: number,
): ReadMessage {
  const type = delivery.contentType ?? contentType;
  const body = bodyOf(delivery, type);
  if (body.kind === "poison") return body;
  const [fault] = schema?.faultsOf(body.plain) ?? [];
  if (fault !== undefined) {
    return { kind: "poison", reason: `the schema: ${fault.field === "" ? "the body" : fault.field} ${fault.message}` };
  }
  const { headers, key, id, offset, redelivered, sentAtMs } = delivery;
  return {
    kind: "message",
    fields: {
      body: body.value,
      headers: asMap(headers),
      key,
      ...(offset === undefined ? { message_id: id ?? "" } : { offset, message_id: `${place}/${id}` }),
      redelivered,
      timestamp: { $datetime: new Date(sentAtMs ?? nowMs).toISOString() },
    },
    dedupeKey: id === undefined ? null : short(id),
  };
}

type Body =
  | { readonly kind: "body"; readonly value: CanonicalValue; readonly plain: unknown }
  | { readonly kind: "poison"; readonly reason: string };

function bodyOf({ body }: Delivery, contentType: string | undefined): Body {
  if (!(body instanceof Uint8Array)) return { kind: "body", value: asMap(body), plain: body };
  const type = contentType ?? typeOf(body);
  const parsed = parseBody(body, type);
  if (parsed.kind !== "value") return { kind: "poison", reason: parsed.message };
  return { kind: "body", value: parsed.value, plain: plainBody(body, parsed.value, type) };
}

/** What senders mean who do not say it: JSON of a map or a list, else text, else bytes. */
function typeOf(body: Uint8Array): string {
  const isMapOrList = body[0] === 0x7b || body[0] === 0x5b;
  if (isMapOrList && parseBody(body, "application/json").kind === "value") return "application/json";
  return parseBody(body, "text/plain").kind === "value" ? "text/plain" : "application/octet-stream";
}

/** Names that begin with `$` would be read as tags. */
function asMap(texts: Readonly<Record<string, string>>): CanonicalValue {
  const entries = Object.entries(texts);
  return entries.some(([name]) => name.startsWith("$")) ? { $map: entries } : texts;
}

const short = (key: string): string =>
  key.length <= longestKey && !key.includes("\0") ? key : `sha256:${createHash("sha256").update(key).digest("hex")}`;
