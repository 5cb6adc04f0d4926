/**
 * `/hooks`: what senders that are known say has happened. Nothing is parsed before its signature was found good, and
 * nobody learns whether an address exists by asking without one.
 */
import { createHash, randomBytes } from "node:crypto";
import type { CanonicalValue, WebhookEndpoint } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { ActivationLog } from "../activation-log.ts";
import type { EndpointTable, RegisteredEndpoint } from "../endpoints/endpoint-table.ts";
import type { Pressure } from "../endpoints/pressure.ts";
import type { RateBuckets } from "../endpoints/rate-buckets.ts";
import { parseWebhookBody } from "../endpoints/request-body.ts";
import { toOccurrence } from "../endpoints/to-occurrence.ts";
import {
  contextOf,
  refusalOf,
  Refused,
  tooMany,
  type TriggerAnswer,
  type TriggerRequest,
} from "../endpoints/trigger-request.ts";
import type { TriggerSecrets } from "../endpoints/trigger-secrets.ts";
import type { OccurrenceDecision, Occurrences } from "../occurrences.ts";
import { providers } from "./index.ts";
import type { WebhookProvider } from "./provider.ts";
import { type SignatureVerdict, verifySignature } from "./signature.ts";

/** What GitHub sends at most. */
const mostBodyBytes = 25 * 1024 * 1024;

export interface WebhookTriggerParts {
  readonly table: Pick<EndpointTable, "findHooks">;
  readonly occurrences: Pick<Occurrences, "accept">;
  readonly secrets: Pick<TriggerSecrets, "read">;
  readonly rates: RateBuckets;
  readonly pressure: Pick<Pressure, "check" | "checkHere">;
  readonly log: Pick<ActivationLog, "note">;
  readonly clock: Clock;
}

type Hook = RegisteredEndpoint<WebhookEndpoint>;

/** Takes the place of the secrets of an address that nobody has: it costs as much time to be refused there. */
const nobodysSecret = randomBytes(32).toString("base64");

export class WebhookTrigger {
  readonly #parts: WebhookTriggerParts;

  constructor(parts: WebhookTriggerParts) {
    this.#parts = parts;
  }

  /** Throws `Refused`, and what the store throws. */
  async answer(request: TriggerRequest): Promise<TriggerAnswer> {
    if (request.method !== "POST") throw notSigned();
    this.#parts.pressure.checkHere();
    const body = await request.readBody(mostBodyBytes);
    const hooks = await this.#signedFor(request, body);
    const [hook] = hooks;
    if (hook === undefined) throw notSigned();
    const parsed = parseWebhookBody(body, request.headers["content-type"]);
    if (parsed.kind === "unsupported") throw new Refused(415, "request/invalid", parsed.message);
    if (parsed.kind === "malformed") throw new Refused(400, "request/invalid", parsed.message, { field: "body" });
    const greeting = providerOf(hook).greeting?.(request.headers, parsed.value);
    if (greeting !== undefined) return { status: 200, body: greeting };
    return this.#activate(hooks, request, parsed.value);
  }

  /** Those of the address whose secret signed it. */
  async #signedFor(request: TriggerRequest, body: Uint8Array): Promise<readonly Hook[]> {
    const hooks = this.#parts.table.findHooks(request.path);
    const signed = { headers: request.headers, body };
    const now = this.#parts.clock.now();
    if (hooks.length === 0) verifySignature(providers.hmac, signed, [nobodysSecret], now);
    const verdicts = await Promise.all(
      hooks.map(async (hook) => {
        const secrets = await this.#parts.secrets.read(hook.endpoint.secrets, namespaceOf(hook));
        return verifySignature(providerOf(hook), signed, secrets, now);
      }),
    );
    for (const [at, verdict] of verdicts.entries()) this.#note(hooks[at], verdict, request);
    return hooks.filter((_, at) => verdicts[at] === "good");
  }

  #note(hook: Hook | undefined, verdict: SignatureVerdict, request: TriggerRequest): void {
    if (hook === undefined || verdict === "good") return;
    const { pipeline, trigger } = hook;
    const context = { remote_address: request.remoteAddress, timestamp: this.#timestamp() };
    const event = {
      pipelineId: pipeline.id,
      triggerName: trigger.name,
      triggerKey: trigger.key,
      triggerContext: context,
    };
    this.#parts.log.note(event, "refused", reasons[verdict], "", null);
  }

  async #activate(hooks: readonly Hook[], request: TriggerRequest, body: CanonicalValue): Promise<TriggerAnswer> {
    const taking = hooks.filter((hook) => takes(hook, request, body));
    for (const hook of taking) await this.#checkRoom(hook);
    const occurrences = taking.map((hook) => {
      const provider = providerOf(hook);
      const fields = {
        ...contextOf(request, {}, this.#timestamp()),
        body,
        event: provider.event(request.headers, body),
        delivery_id: provider.delivery(request.headers, body) ?? "",
      };
      return toOccurrence(hook, fields, deliveryKey(provider, request, body));
    });
    return answerOf(await this.#parts.occurrences.accept(occurrences));
  }

  async #checkRoom({ pipeline, trigger, endpoint: { rate, path } }: Hook): Promise<void> {
    const waitMs = rate === undefined ? 0 : this.#parts.rates.take(`${pipeline.id}\n${trigger.key}`, rate);
    if (waitMs > 0) throw tooMany("trigger/rate", `${path} is asked more often than its rate allows`, waitMs);
    await this.#parts.pressure.check(pipeline.plan.queue);
  }

  #timestamp(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

const reasons: Readonly<Record<Exclude<SignatureVerdict, "good">, string>> = {
  absent: "the request carries no signature of the provider",
  bad: "no secret that counts has signed the request",
  stale: "the request was signed more than five minutes away from now",
};

/** One answer for all that have no good signature, whether there is such an address or not. */
const notSigned = (): Refused => new Refused(401, "auth/invalid", "no webhook of this address has that signature");

const providerOf = ({ endpoint }: Hook): WebhookProvider => providers[endpoint.provider];
const namespaceOf = ({ pipeline }: Hook): string => pipeline.id.split("#")[0] ?? "";

const takes = (hook: Hook, { headers }: TriggerRequest, body: CanonicalValue): boolean =>
  hook.endpoint.events?.includes(providerOf(hook).event(headers, body)) ?? true;

/** A sender that names no delivery is known by its signature, which is the same only for the same bytes. */
function deliveryKey(provider: WebhookProvider, { headers }: TriggerRequest, body: CanonicalValue): string | undefined {
  const delivery = provider.delivery(headers, body);
  if (delivery !== undefined && delivery !== "") return delivery;
  const scheme = provider.schemes.find(({ header }) => headers[header] !== undefined);
  if (scheme === undefined || scheme.kind === "token") return undefined;
  return `sha256:${createHash("sha256")
    .update(headers[scheme.header] ?? "")
    .digest("hex")}`;
}

/** A sender wants to know that it need not send again; what a pipeline does not take is told in the activation log. */
function answerOf(decisions: readonly OccurrenceDecision[]): TriggerAnswer {
  const taken = decisions.filter((one) => one.kind !== "refused");
  const [refused] = decisions.filter((one) => one.kind === "refused");
  if (refused !== undefined && taken.length === 0) {
    throw refusalOf(refused);
  }
  const body = {
    execution_ids: taken.flatMap((one) => (one.kind === "waiting" ? [] : (one.executionId ?? []))),
    duplicate: taken.length > 0 && taken.every((one) => one.kind === "duplicate"),
  };
  return { status: taken.length === 0 ? 200 : 202, body };
}
