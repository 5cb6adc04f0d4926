/** The conformance suite of all senders: what each has published, and what no sender may get away with. */
import { createHmac } from "node:crypto";
import { type WebhookProviderName, webhookProviders } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { providers } from "./index.ts";
import type { Headers } from "./provider.ts";
import { toleranceMs, verifySignature } from "./signature.ts";

interface Vector {
  readonly provider: WebhookProviderName;
  readonly secret: string;
  readonly headers: Headers;
  readonly body: string;
  /** When it was signed; absent: the sender signs no time. */
  readonly at?: number;
  readonly signature: string;
  readonly event: string;
  readonly delivery: string | undefined;
  /** How the body is read. */
  readonly parsed?: Record<string, string>;
}

const vectors: Record<string, Vector> = {
  // docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries, "Testing the webhook payload validation"
  github: {
    provider: "github",
    secret: "It's a Secret to Everybody",
    headers: {
      "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
      "x-github-event": "issues",
      "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    },
    body: "Hello, World!",
    signature: "x-hub-signature-256",
    event: "issues",
    delivery: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
  },
  // docs.slack.dev/authentication/verifying-requests-from-slack, "Step-by-step walk-through"
  slack: {
    provider: "slack",
    secret: "8f742231b10e8888abcd99yyyzzz85a5",
    headers: {
      "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
      "x-slack-request-timestamp": "1531420618",
    },
    body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    at: 1_531_420_618_000,
    signature: "x-slack-signature",
    event: "/webhook-collect",
    delivery: "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    parsed: {
      command: "/webhook-collect",
      trigger_id: "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    },
  },
  // The libraries of github.com/standard-webhooks/standard-webhooks sign this message in their tests ("sign function works")
  "standard-webhooks": {
    provider: "standard-webhooks",
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    headers: {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,bm90IHRoaXMgb25l v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    body: '{"test": 2432232314}',
    at: 1_614_265_330_000,
    signature: "webhook-signature",
    event: "",
    delivery: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  },
  // GitLab's signing tokens are Standard Webhooks (gitlab.com/gitlab-org/gitlab/-/merge_requests/230944)
  "gitlab, signed": {
    provider: "gitlab",
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    headers: {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      "idempotency-key": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "x-gitlab-event": "Push Hook",
    },
    body: '{"test": 2432232314}',
    at: 1_614_265_330_000,
    signature: "webhook-signature",
    event: "Push Hook",
    delivery: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  },
  // docs.gitlab.com/user/project/integrations/webhooks: the token is sent as it is, so there is nothing to compute
  gitlab: {
    provider: "gitlab",
    secret: "of-the-project",
    headers: { "x-gitlab-token": "of-the-project", "x-gitlab-event": "Push Hook" },
    body: "{}",
    signature: "x-gitlab-token",
    event: "Push Hook",
    delivery: undefined,
  },
  // RFC 4231, test case 2
  hmac: {
    provider: "hmac",
    secret: "Jefe",
    headers: {
      "x-signature": "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      "x-event": "shipped",
      "x-delivery-id": "d-1",
    },
    body: "what do ya want for nothing?",
    signature: "x-signature",
    event: "shipped",
    delivery: "d-1",
  },
  // Stripe publishes the rule (docs.stripe.com/webhooks#verify-manually) and no finished example: this one follows it.
  stripe: {
    provider: "stripe",
    secret: "whsec_test_secret",
    headers: {
      "stripe-signature": `t=1492774577,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39,v1=${createHmac(
        "sha256",
        "whsec_test_secret",
      )
        .update('1492774577.{"id":"evt_1","type":"charge.refunded"}')
        .digest("hex")}`,
    },
    body: '{"id":"evt_1","type":"charge.refunded"}',
    at: 1_492_774_577_000,
    signature: "stripe-signature",
    event: "charge.refunded",
    delivery: "evt_1",
    parsed: { id: "evt_1", type: "charge.refunded" },
  },
};

const anyTime = 1_700_000_000_000;

function verdictOf(
  vector: Vector,
  changes: { headers?: Headers; body?: string; secrets?: string[]; nowMs?: number } = {},
) {
  const request = {
    headers: { ...vector.headers, ...changes.headers },
    body: Buffer.from(changes.body ?? vector.body),
  };
  const nowMs = changes.nowMs ?? vector.at ?? anyTime;
  return verifySignature(providers[vector.provider], request, changes.secrets ?? [vector.secret], nowMs);
}

test("every sender has a published request", () => {
  expect(new Set(Object.values(vectors).map((vector) => vector.provider))).toEqual(new Set(webhookProviders));
});

test.each(Object.entries(vectors))("%s: what is published is taken, with either of two secrets", (_, vector) => {
  expect(verdictOf(vector)).toBe("good");
  expect(verdictOf(vector, { secrets: ["the-new-one", vector.secret] })).toBe("good");
  const provider = providers[vector.provider];
  const parsed = vector.parsed ?? {};
  expect(provider.event(vector.headers, parsed)).toBe(vector.event);
  expect(provider.delivery(vector.headers, parsed)).toBe(vector.delivery);
});

test.each(Object.entries(vectors))("%s: what is tampered with is not", (_, vector) => {
  // A token says nothing of the body.
  const ofAnotherBody = vector.signature === "x-gitlab-token" ? "good" : "bad";
  expect(verdictOf(vector, { body: `${vector.body} ` })).toBe(ofAnotherBody);
  expect(verdictOf(vector, { secrets: ["another"] })).toBe("bad");
  expect(verdictOf(vector, { secrets: [] })).toBe("bad");
  for (const wrong of ["", "sha256=", "v1,", "v1,AA==", "t=1", "t=1492774577,v1=", "v0=zz", "\u00e9"]) {
    expect(verdictOf(vector, { headers: { [vector.signature]: wrong } })).toBe("bad");
  }
  const { [vector.signature]: _left, ...without } = vector.headers;
  const request = { headers: without, body: Buffer.from(vector.body) };
  expect(verifySignature(providers[vector.provider], request, [vector.secret], vector.at ?? anyTime)).toBe("absent");
});

const timed = Object.entries(vectors).flatMap(([name, vector]) =>
  vector.at === undefined ? [] : [{ name, vector, at: vector.at }],
);

test.each(timed)("$name: what was signed more than five minutes away is stale", ({ vector, at }) => {
  for (const nowMs of [at - toleranceMs, at + toleranceMs]) expect(verdictOf(vector, { nowMs })).toBe("good");
  for (const nowMs of [at - toleranceMs - 1, at + toleranceMs + 1]) expect(verdictOf(vector, { nowMs })).toBe("stale");
});

test("hmac: a time that is sent is part of what is signed", () => {
  const sent = String(anyTime / 1_000);
  const sign = (text: string) => `sha256=${createHmac("sha256", "own").update(text).digest("hex")}`;
  const vector = { ...(vectors["hmac"] as Vector), secret: "own", body: "b" };
  const headers = { "x-timestamp": sent, "x-signature": sign(`${sent}.b`) };
  expect(verdictOf(vector, { headers })).toBe("good");
  expect(verdictOf(vector, { headers: { ...headers, "x-timestamp": String(anyTime / 1_000 + 1) } })).toBe("bad");
  expect(verdictOf(vector, { headers: { ...headers, "x-signature": sign("b") } })).toBe("bad");
  expect(verdictOf(vector, { headers, nowMs: anyTime + toleranceMs + 1 })).toBe("stale");
});

test.each([
  ["slack", {}, { type: "url_verification", challenge: "3eZbrw1aB" }, "3eZbrw1aB"],
  ["slack", {}, { type: "event_callback", challenge: "x" }, undefined],
  ["github", { "x-github-event": "ping" }, { zen: "…" }, "pong"],
  ["github", { "x-github-event": "push" }, {}, undefined],
] as const)("%s answers a greeting of %j %j with %j", (name, headers, body, answer) => {
  expect(providers[name].greeting?.(headers as Headers, body)).toBe(answer);
});
