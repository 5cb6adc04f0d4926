/** A request to the trigger API and its answer, apart from sockets. */
import type { X509Certificate } from "node:crypto";
import type { CanonicalValue, ErrorCode } from "@polyglot/contracts";
import type { OccurrenceDecision } from "../occurrences.ts";
import type { Headers } from "../webhooks/provider.ts";
import { readForm } from "./request-body.ts";

export interface TriggerRequest {
  readonly method: string;
  /** Below `/t` or `/hooks`, as it was sent. */
  readonly path: string;
  /** After the question mark. */
  readonly query: string;
  readonly headers: Headers;
  readonly remoteAddress: string;
  /** As the client sent them, its own first; empty where it sent none. */
  certificates(): readonly X509Certificate[];
  /** Throws `Refused` for one that is too large, too slow, or has no room now. */
  readBody(maxBytes: number): Promise<Uint8Array>;
  /** Throws unless a user's token comes with it whose role may start pipelines. */
  checkUser(): Promise<void>;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface TriggerAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or a text. */
  readonly body: Readonly<Record<string, unknown>> | string;
}

/** An answer that says no. */
export class Refused extends Error {
  readonly answer: TriggerAnswer;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    more: { field?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    const { field, headers } = more;
    const error = { code, message, ...(field === undefined ? {} : { field }) };
    this.answer = { status, body: { error }, ...(headers === undefined ? {} : { headers }) };
  }
}

/** `Retry-After` counts whole seconds. */
export const tooMany = (code: ErrorCode, message: string, waitMs: number): Refused =>
  new Refused(429, code, message, { headers: { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1_000))) } });

/** When to come again where too many events wait: others have to come first. */
const fullMs = 60_000;

/** Codes of what there is no room for now, and when there may be. */
const laterMs: Partial<Record<ErrorCode, number>> = {
  "pipeline/full": fullMs,
  "queue/full": 5_000,
  "queue/pressed": 5_000,
  "queue/draining": fullMs,
};

/** Too much waits already, or the event is not what the pipeline takes. */
export function refusalOf({ code, message, field }: Extract<OccurrenceDecision, { kind: "refused" }>): Refused {
  const waitMs = laterMs[code];
  return waitMs === undefined ? new Refused(422, code, message, { field }) : tooMany(code, message, waitMs);
}

/** They prove who sends, and are not kept with the activation. */
const secretHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-gitlab-token",
]);

/** What every activation of a request knows, but for the body. */
export function contextOf(
  request: TriggerRequest,
  params: Readonly<Record<string, string>>,
  timestamp: string,
): Record<string, CanonicalValue> {
  const headers = Object.entries(request.headers).filter(([name]) => !secretHeaders.has(name) && !name.startsWith(":"));
  return {
    headers: Object.fromEntries(headers),
    query: readForm(request.query),
    params,
    method: request.method,
    remote_address: request.remoteAddress,
    timestamp: { $datetime: timestamp },
  };
}
