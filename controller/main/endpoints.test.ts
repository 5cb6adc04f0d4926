/** The trigger API over real sockets: who is let in, what is refused and how, and what an activation then holds. */
import { createHmac, randomBytes } from "node:crypto";
import { writeToken } from "../store/tokens.ts";
import { PolyglotService } from "@polyglot/contracts/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashToken } from "../api/authorise.ts";
import { ControllerFixture } from "./controller.fixture.ts";
import { ask, type HttpAsk } from "./http.fixture.ts";

const source = String.raw`[@] io.test>Hooks
[X]
[|] Order
[i] body: pg\dict
[i] id: pg\string
[t] |T.Http << "/orders/:id" << schema: {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["total"], "properties": {"total": {"type": "number", "minimum": 0}, "code": {"pattern": "^(a+)+$"}}} >> body
[x]
[|] Slow
[i] body: pg\any
[t] |T.Http << "limited" << rate: "2/h" << auth: "bearer" << secret: "shop"
[x]
[|] Basic
[t] |T.Http << "basic" << method: "PUT" << auth: "basic" << secret: "login"
[x]
[|] Signed
[i] body: pg\any
[t] |T.Http << "signed" << auth: "hmac" << secret: "shop" << previous_secret: "shop-old"
[x]
[|] Waiting
[i] body: pg\any
[t] |T.Http << "waiting" << auth: "bearer" << secret: "shop" << wait: T"0.2"
[x]
[|] Push
[i] body: pg\any
[i] event: pg\string
[t] |T.Webhook << "/github" << provider: "github" << secret: "shop" << events: ["push", "release"]
[x]
[|] PushToo
[i] body: pg\any
[t] |T.Webhook << "github" << provider: "github" << secret: "shop"
[x]
[|] Chat
[i] body: pg\any
[t] |T.Webhook << "chat" << provider: "slack" << secret: "shop"
[x]
[|] Crowded
[t] |T.Http << "crowded"
[Q] |Q.ToQueue << #Queue.Tiny
[x]
[|] Started
[i] count: pg\int
[t] |T.Api
[x]
`;

const queue = "apiVersion: polyglot.dev/v1\nkind: Queue\nmetadata: { name: Tiny }\nspec: { maxSize: 1 }\n";
const secrets = { shop: "correct-horse", "shop-old": "battery-staple", login: "ann:secret-word" };

let here: ControllerFixture;
let token: string;

beforeAll(async () => {
  here = await ControllerFixture.start();
  token = await here.token("operator");
  const client = here.client(PolyglotService, { token: here.localToken });
  const yaml = Object.keys(secrets)
    .map((name) => `apiVersion: polyglot.dev/v1\nkind: Secret\nmetadata: { name: ${name} }\nspec: { store: true }\n`)
    .join("---\n");
  const { diagnostics } = await client.apply({
    files: [
      { path: "hooks.pg", content: Buffer.from(source) },
      { path: "secrets.yaml", content: Buffer.from(yaml) },
      { path: "queues.yaml", content: Buffer.from(queue) },
    ],
  });
  const [error] = diagnostics.filter((one) => one.severity === "error");
  if (error !== undefined) throw new Error(`${error.position?.line}: ${error.message}`);
  for (const [name, value] of Object.entries(secrets)) await client.setSecret({ name, value: Buffer.from(value) });
});
afterAll(() => here?.[Symbol.asyncDispose]());

const send = (path: string, asked: HttpAsk = {}) => ask(here.controller.url, here.authority, path, asked);
const json = (value: unknown, headers: HttpAsk["headers"] = {}): HttpAsk => ({
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value),
});
const bearer = (value: string) => ({ authorization: `Bearer ${value}` });
const sign = (body: string, secret: string = secrets.shop) => createHmac("sha256", secret).update(body).digest("hex");

async function activationOf(executionId: unknown) {
  const text =
    "select pipeline_id, inputs::text, trigger_context::text as context, dedupe_key from activations where activation_id = $1";
  const [row] = await here.store.database.query<Record<"pipeline_id" | "inputs" | "context" | "dedupe_key", string>>(
    { name: "", text },
    [executionId],
  );
  if (row === undefined) throw new Error("nothing was activated");
  return {
    ...row,
    inputs: JSON.parse(row.inputs) as unknown,
    context: JSON.parse(row.context) as Record<string, unknown>,
  };
}
const countActivations = async () =>
  (await here.store.database.query({ name: "", text: "select from activations" })).length;

test("a request that is let in is committed before its 202, with path, query and body in its inputs", async () => {
  const answer = await send("/t/orders/a%2F7?since=1&since=2", {
    ...json({ total: 1.0, big: 0 }, bearer(token)),
    body: '{"total": 1.0, "big": 9007199254740993}',
  });
  expect([answer.status, answer.json["duplicate"]]).toEqual([202, false]);
  const { pipeline_id, inputs, context } = await activationOf(answer.json["execution_id"]);
  expect(pipeline_id).toBe("io.test>Hooks#Order");
  expect(inputs).toEqual({ body: { total: { $float: "1" }, big: { $int: "9007199254740993" } }, id: "a/7" });
  expect(context).toMatchObject({
    params: { id: "a/7" },
    query: { since: ["1", "2"] },
    method: "POST",
    remote_address: "127.0.0.1",
  });
  expect(context["headers"]).not.toHaveProperty("authorization");
});

test.each<[string, string, () => HttpAsk, number, Record<string, unknown>]>([
  ["no token", "/t/orders/1", () => json({ total: 1 }), 401, { code: "auth/missing" }],
  ["a wrong token", "/t/orders/1", () => json({ total: 1 }, bearer("x".repeat(43))), 401, { code: "auth/invalid" }],
  ["no such path", "/t/nowhere", () => json({}, bearer(token)), 404, { code: "trigger/unknown" }],
  ["a path out of it", "/t/orders/..", () => json({}, bearer(token)), 404, { code: "trigger/unknown" }],
  ["another method", "/t/orders/1", () => ({ method: "GET" }), 405, { code: "trigger/unknown" }],
  [
    "no JSON",
    "/t/orders/1",
    () => ({ ...json(0, bearer(token)), body: "{" }),
    400,
    { code: "request/invalid", field: "body" },
  ],
  ["too deep", "/t/orders/1", () => ({ ...json(0, bearer(token)), body: "[".repeat(200_000) }), 400, { field: "body" }],
  [
    "a form with files",
    "/t/orders/1",
    () => ({ body: "x", headers: { "content-type": "multipart/form-data", ...bearer(token) } }),
    415,
    {},
  ],
  [
    "a field that is missing",
    "/t/orders/1",
    () => json({}, bearer(token)),
    422,
    { code: "request/invalid", field: "/total" },
  ],
  ["a field of another type", "/t/orders/1", () => json({ total: "1" }, bearer(token)), 422, { field: "/total" }],
  [
    "a pattern that blows up elsewhere",
    "/t/orders/1",
    () => json({ total: 1, code: `${"a".repeat(50_000)}!` }, bearer(token)),
    422,
    { field: "/code" },
  ],
  ["a list for a dict", "/t/orders/1", () => json([], bearer(token)), 422, { field: "" }],
  ["another bearer", "/t/limited", () => json({}, bearer("correct-hors")), 401, { code: "auth/invalid" }],
  [
    "another password",
    "/t/basic",
    () => ({ method: "PUT", headers: { authorization: `Basic ${Buffer.from("ann:x").toString("base64")}` } }),
    401,
    {},
  ],
  ["another signature", "/t/signed", () => ({ body: "a", headers: { "x-signature": `sha256=${sign("b")}` } }), 401, {}],
  [
    "a key that is too long",
    "/t/orders/1",
    () => json({ total: 1 }, { ...bearer(token), "idempotency-key": "k".repeat(513) }),
    400,
    { field: "Idempotency-Key" },
  ],
])("%s is refused, and nothing is activated", async (_, path, asked, status, error) => {
  const before = await countActivations();
  const answer = await send(path, asked());
  expect(answer.status).toBe(status);
  expect(answer.json["error"]).toMatchObject(error);
  expect(await countActivations()).toBe(before);
});

test("a viewer starts nothing, and a token of the role hook starts pipelines and reads nothing", async () => {
  const viewer = await send("/t/orders/1", json({ total: 1 }, bearer(await here.token("viewer"))));
  expect([viewer.status, viewer.json["error"]]).toMatchObject([403, { code: "auth/forbidden" }]);
  const hook = randomBytes(32).toString("base64url");
  await writeToken(here.store.database, {
    hash: hashToken(hook),
    kind: "user",
    name: "h",
    role: "hook",
    validSeconds: 60,
  });
  expect((await send("/t/orders/1", json({ total: 1 }, bearer(hook)))).status).toBe(202);
  expect((await send("/t/openapi.json", { method: "GET", headers: bearer(hook) })).status).toBe(403);
});

test("basic credentials and signatures of either secret are let in", async () => {
  const authorization = `Basic ${Buffer.from(secrets.login).toString("base64")}`;
  expect((await send("/t/basic", { method: "PUT", headers: { authorization } })).status).toBe(202);
  for (const secret of [secrets.shop, secrets["shop-old"]]) {
    const headers = {
      "x-signature": `sha256=${sign("a=1&a=2", secret)}`,
      "content-type": "application/x-www-form-urlencoded",
    };
    const answer = await send("/t/signed", { body: "a=1&a=2", headers });
    expect(answer.status).toBe(202);
    expect((await activationOf(answer.json["execution_id"])).inputs).toEqual({ body: { a: ["1", "2"] } });
  }
});

test("one idempotency key starts one execution, whatever comes at once", async () => {
  const asked = json({ total: 1 }, { ...bearer(token), "idempotency-key": "order-1" });
  const answers = await Promise.all(Array.from({ length: 8 }, () => send("/t/orders/1", asked)));
  expect(new Set(answers.map((one) => one.status))).toEqual(new Set([202]));
  expect(new Set(answers.map((one) => one.json["execution_id"])).size).toBe(1);
  expect(answers.filter((one) => one.json["duplicate"] === false)).toHaveLength(1);
});

test("beyond its rate an endpoint says when to come again", async () => {
  const asked = json({}, bearer(secrets.shop));
  expect((await send("/t/limited", asked)).status).toBe(202);
  expect((await send("/t/limited", asked)).status).toBe(202);
  const { status, headers, json: body } = await send("/t/limited", asked);
  expect([status, body["error"]]).toMatchObject([429, { code: "trigger/rate" }]);
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
});

test("what a full queue refuses is to come again", async () => {
  const asked = { headers: bearer(token) };
  expect((await send("/t/crowded", asked)).status).toBe(202);
  const { status, headers } = await send("/t/crowded", asked);
  expect(status).toBe(429);
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
});

test("an answer that waits gives up at its limit, and says what goes on", async () => {
  const answer = await send("/t/waiting", json({}, bearer(secrets.shop)));
  expect([answer.status, Object.keys(answer.json)]).toEqual([202, ["execution_id", "duplicate"]]);
});

test("a body over the limit is refused before it is read, and while it comes", async () => {
  const headers = { ...bearer(token), "content-type": "text/plain" };
  const told = await send("/t/orders/1", {
    headers: { ...headers, "content-length": String(17 * 1024 * 1024) },
    body: "",
  }).catch((error: NodeJS.ErrnoException) => ({ status: error.code }));
  expect([413, "ECONNRESET", "EPIPE"]).toContain(told.status);
  const streamed = await send("/t/orders/1", {
    headers: { ...headers, "transfer-encoding": "chunked" },
    body: Buffer.alloc(17 * 1024 * 1024, "x"),
  }).catch((error: NodeJS.ErrnoException) => ({ status: error.code }));
  expect([413, "ECONNRESET", "EPIPE"]).toContain(streamed.status);
});

const github = (body: string, headers: HttpAsk["headers"] = {}): HttpAsk => ({
  body,
  headers: {
    "content-type": "application/json",
    "x-hub-signature-256": `sha256=${sign(body)}`,
    "x-github-event": "push",
    "x-github-delivery": "d-1",
    ...headers,
  },
});

test("a webhook starts each pipeline of its address once, however often it is delivered", async () => {
  const answers = [
    await send("/hooks/github", github('{"ref": "main"}')),
    await send("/hooks/github", github('{"ref": "main"}')),
  ];
  expect(answers.map((one) => [one.status, one.json["duplicate"]])).toEqual([
    [202, false],
    [202, true],
  ]);
  expect(answers[0]?.json["execution_ids"]).toEqual(answers[1]?.json["execution_ids"]);
  const [first] = (answers[0]?.json["execution_ids"] ?? []) as string[];
  const { inputs, context } = await activationOf(first);
  expect(inputs).toEqual({ body: { ref: "main" }, event: "push" });
  expect(context).toMatchObject({ event: "push", delivery_id: "d-1" });
});

test("events that a pipeline does not name start only the others; a greeting starts none", async () => {
  const star = await send("/hooks/github", github("{}", { "x-github-event": "star", "x-github-delivery": "d-2" }));
  expect(star.json["execution_ids"]).toHaveLength(1);
  const ping = await send("/hooks/github", github("{}", { "x-github-event": "ping", "x-github-delivery": "d-3" }));
  expect([ping.status, ping.text]).toEqual([200, "pong"]);
  const body = JSON.stringify({ type: "url_verification", challenge: "3eZbrw1aB" });
  const seconds = String(Math.floor(Date.now() / 1_000));
  const headers = { "x-slack-request-timestamp": seconds, "x-slack-signature": `v0=${sign(`v0:${seconds}:${body}`)}` };
  const greeted = await send("/hooks/chat", { body, headers: { ...headers, "content-type": "application/json" } });
  expect([greeted.status, greeted.text]).toEqual([200, "3eZbrw1aB"]);
});

test("an unknown address, a bad signature, a tampered and an old request have one answer", async () => {
  const before = await countActivations();
  const old = String(Math.floor(Date.now() / 1_000) - 301);
  const requests: [string, HttpAsk][] = [
    ["/hooks/nowhere", github("{}")],
    ["/hooks/github", github("{}", { "x-hub-signature-256": `sha256=${sign("{}", "another")}` })],
    ["/hooks/github", { ...github("{}"), body: "{ }" }],
    ["/hooks/github", { body: "{}" }],
    ["/hooks/github", { method: "GET" }],
    [
      "/hooks/chat",
      { body: "{}", headers: { "x-slack-request-timestamp": old, "x-slack-signature": `v0=${sign(`v0:${old}:{}`)}` } },
    ],
  ];
  const answers = await Promise.all(requests.map(([path, asked]) => send(path, asked)));
  const seen = answers.map(({ status, text, headers: { date: _date, ...headers } }) =>
    JSON.stringify([status, text, headers]),
  );
  expect(new Set(seen).size).toBe(1);
  expect(answers[0]?.status).toBe(401);
  expect(await countActivations()).toBe(before);
});

test("the OpenAPI document has every path, and pipelines that the API starts", async () => {
  const { status, json: document } = await send("/t/openapi.json", { method: "GET", headers: bearer(token) });
  expect(status).toBe(200);
  expect(Object.keys(document["paths"] as object).sort()).toEqual([
    "/hooks/chat",
    "/hooks/github",
    "/polyglot.v1.PolyglotService/Run",
    "/t/basic",
    "/t/crowded",
    "/t/limited",
    "/t/orders/{id}",
    "/t/signed",
    "/t/waiting",
  ]);
  expect(JSON.stringify(document)).toContain('"minimum":0');
});
