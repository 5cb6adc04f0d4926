/** `/t`: requests that start a pipeline each. The answer is written after the commit. */
import type { HttpEndpoint } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { OccurrenceDecision, Occurrences } from "../occurrences.ts";
import { challenges, isAllowed } from "./authenticate.ts";
import type { BodyFault } from "./body-schema.ts";
import type { EndpointTable, HttpMatch, RegisteredEndpoint } from "./endpoint-table.ts";
import { toOccurrence } from "./to-occurrence.ts";
import type { Pressure } from "./pressure.ts";
import type { RateBuckets } from "./rate-buckets.ts";
import { parseBody, plainBody } from "./request-body.ts";
import { contextOf, refusalOf, Refused, tooMany, type TriggerAnswer, type TriggerRequest } from "./trigger-request.ts";
import type { TriggerSecrets } from "./trigger-secrets.ts";

const limits = {
  bodyBytes: 16 * 1024 * 1024,
  keyCharacters: 512,
} as const;

/** How an execution ended, for one who waits for it. */
export interface Outcome {
  readonly state: string;
  readonly outputs: unknown;
  readonly error: { readonly type: string; readonly message: string } | undefined;
}

export interface HttpTriggerParts {
  readonly table: Pick<EndpointTable, "findHttp">;
  readonly occurrences: Pick<Occurrences, "accept">;
  readonly secrets: Pick<TriggerSecrets, "read">;
  readonly rates: RateBuckets;
  readonly pressure: Pick<Pressure, "check">;
  readonly clock: Clock;
  /** Undefined where it is not over in time. */
  readonly waitForOutcome: (executionId: string, waitMs: number, signal: AbortSignal) => Promise<Outcome | undefined>;
}

type Found = RegisteredEndpoint<HttpEndpoint>;

export class HttpTrigger {
  readonly #parts: HttpTriggerParts;

  constructor(parts: HttpTriggerParts) {
    this.#parts = parts;
  }

  /** Throws `Refused`, and what the store throws. */
  async answer(request: TriggerRequest): Promise<TriggerAnswer> {
    const { at, params } = this.#find(request);
    const { endpoint } = at;
    // Who signs the body is known only after it: all others are looked at before a byte of it is read.
    if (endpoint.auth !== "hmac") await this.#authenticate(at, request, new Uint8Array());
    this.#checkRate(at);
    await this.#parts.pressure.check(at.pipeline.plan.queue);
    const body = await request.readBody(limits.bodyBytes);
    if (endpoint.auth === "hmac") await this.#authenticate(at, request, body);
    const value = readBody(at, body, request.headers["content-type"]);
    const timestamp = new Date(this.#parts.clock.now()).toISOString();
    const fields = { ...params, body: value, ...contextOf(request, params, timestamp) };
    const [decision] = await this.#parts.occurrences.accept([toOccurrence(at, fields, keyOf(request))]);
    return this.#tell(decision, endpoint, request);
  }

  #find({ method, path }: TriggerRequest): Extract<HttpMatch, { kind: "found" }> {
    const match = this.#parts.table.findHttp(method, path);
    if (match.kind === "found") return match;
    if (match.kind === "none") throw new Refused(404, "trigger/unknown", "no pipeline answers at this path");
    const headers = { allow: match.allowed.join(", ") };
    throw new Refused(405, "trigger/unknown", `this path takes ${headers.allow}, not ${method}`, { headers });
  }

  async #authenticate({ endpoint, pipeline }: Found, request: TriggerRequest, body: Uint8Array): Promise<void> {
    const { auth, secrets } = endpoint;
    if (auth === "token") return request.checkUser();
    const values = await this.#parts.secrets.read(secrets, pipeline.id.split("#")[0] ?? "");
    const credentials = { headers: request.headers, body, certificates: auth === "mtls" ? request.certificates() : [] };
    if (isAllowed(auth, credentials, values, this.#parts.clock.now())) return;
    const headers = { "www-authenticate": challenges[auth] };
    throw new Refused(401, "auth/invalid", `this path takes ${auth} credentials, and these are not`, { headers });
  }

  #checkRate({ pipeline, trigger, endpoint: { rate, path } }: Found): void {
    const waitMs = rate === undefined ? 0 : this.#parts.rates.take(`${pipeline.id}\n${trigger.key}`, rate);
    if (waitMs > 0) throw tooMany("trigger/rate", `${path} is asked more often than its rate allows`, waitMs);
  }

  async #tell(
    decision: OccurrenceDecision | undefined,
    { waitMs }: HttpEndpoint,
    request: TriggerRequest,
  ): Promise<TriggerAnswer> {
    if (decision === undefined) throw new Error("an event has a decision");
    if (decision.kind === "refused") throw refusalOf(decision);
    // It is committed, and becomes part of an activation with others.
    if (decision.kind === "waiting") return { status: 202, body: { waiting: true, duplicate: false } };
    if (decision.executionId === null) return { status: 202, body: { waiting: true, duplicate: true } };
    const accepted = { execution_id: decision.executionId, duplicate: decision.kind === "duplicate" };
    const patienceMs = patienceOf(waitMs, request.headers["prefer"]);
    const outcome =
      patienceMs === 0 ? undefined : await this.#parts.waitForOutcome(decision.executionId, patienceMs, request.signal);
    if (outcome === undefined) return { status: 202, body: accepted };
    const { state, outputs, error } = outcome;
    if (state === "succeeded") return { status: 200, body: { ...accepted, outcome: state, outputs } };
    return { status: 500, body: { ...accepted, outcome: state, ...(error === undefined ? {} : { error }) } };
  }
}

/** Milliseconds; RFC 7240 lets a caller wait for less than the pipeline offers, never for more. */
function patienceOf(offeredMs: number | undefined, prefer = ""): number {
  if (offeredMs === undefined || /\brespond-async\b/i.test(prefer)) return 0;
  const asked = /\bwait=(\d{1,6})\b/i.exec(prefer)?.[1];
  return asked === undefined ? offeredMs : Math.min(offeredMs, Number(asked) * 1_000);
}

function keyOf({ headers }: TriggerRequest): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined || key === "") return undefined;
  if (key.length <= limits.keyCharacters) return key;
  const message = `an Idempotency-Key has at most ${limits.keyCharacters} characters, got ${key.length}`;
  throw new Refused(400, "request/invalid", message, { field: "Idempotency-Key" });
}

function readBody({ schema }: Found, bytes: Uint8Array, contentType: string | undefined) {
  const parsed = parseBody(bytes, contentType);
  if (parsed.kind === "unsupported") throw new Refused(415, "request/invalid", parsed.message);
  if (parsed.kind === "malformed") throw new Refused(400, "request/invalid", parsed.message, { field: "body" });
  const [fault] = schema?.faultsOf(plainBody(bytes, parsed.value, contentType)) ?? [];
  if (fault !== undefined) throw new Refused(422, "request/invalid", sentenceOf(fault), { field: fault.field });
  return parsed.value;
}

const sentenceOf = ({ field, message }: BodyFault): string =>
  field === "" ? `the body ${message}` : `'${field}' of the body: ${message}`;
