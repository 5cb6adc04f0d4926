import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import type { AgentId } from "@polyglot/contracts";
import { AgentService, ApiErrorSchema, PolyglotService } from "@polyglot/contracts/service";
import { systemClock } from "@polyglot/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashToken, hookRole, requirementOf, type Role, roles } from "../api/authorise.ts";
import { Authority } from "../api/authority.ts";
import { writeLogs } from "../store/logs.ts";
import { revokeOtherTokens } from "../store/tokens.ts";
import { ControllerFixture, createRequest, type Identity } from "./controller.fixture.ts";

const source = `[@] test>Api
[X]

[|] Add
[i] left: pg\\int
[i] Default right: pg\\int << 1
[t] |T.Cli
[o] >> left
[x]
`;
const add = "test>Api#Add";

let fixture: ControllerFixture;

beforeAll(async () => {
  fixture = await ControllerFixture.start();
  await admin().apply({ files: [{ path: "add.pg", content: Buffer.from(source) }] });
});
afterAll(() => fixture[Symbol.asyncDispose]());

const admin = () => fixture.client(PolyglotService, { token: fixture.localToken });

/** What a call was refused with: its status and our own code. */
async function refusal(call: Promise<unknown> | AsyncIterable<unknown>): Promise<string> {
  try {
    if (Symbol.asyncIterator in call) for await (const _ of call) break;
    else await call;
    return "allowed";
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const [detail] = error.findDetails(ApiErrorSchema);
    return `${Code[error.code]} ${detail?.code ?? ""} ${detail?.field ?? ""}`.trim();
  }
}

type Method = { name: string; localName: string };
const methodsOf = (service: { methods: readonly Method[] }) => service.methods.map((method) => method.localName);

type AnyCall = (request: unknown) => Promise<unknown> | AsyncIterable<unknown>;

/** Calls any method by its name with an empty request, or an empty stream of them. */
function callEmpty(client: object, method: string): ReturnType<AnyCall> {
  const call = (client as Readonly<Record<string, AnyCall | undefined>>)[method];
  if (call === undefined) throw new Error(`no method '${method}'`);
  return call(method === "connect" ? (async function* () {})() : {});
}

test("no method of users is answered without a valid token", async () => {
  const expired = await fixture.token("admin", -1);
  const revoked = await fixture.token("admin", 3600, "leaver");
  await revokeOtherTokens(fixture.store.database, "user", "leaver", hashToken(""));
  const wrong = [undefined, "", "x".repeat(43), expired, revoked];
  for (const token of wrong) {
    const client = fixture.client(PolyglotService, token === undefined ? {} : { token });
    for (const method of methodsOf(PolyglotService)) {
      const expected = token === undefined ? "Unauthenticated auth/missing" : "Unauthenticated auth/invalid";
      expect([method, await refusal(callEmpty(client, method))]).toEqual([method, expected]);
    }
  }
});

test("a role may call what it and the ones below it may, and nothing else", async () => {
  for (const role of [...roles, hookRole] as const) {
    const client = fixture.client(PolyglotService, { token: await fixture.token(role) });
    for (const method of PolyglotService.methods) {
      const requirement = requirementOf(`${PolyglotService.typeName}/${method.name}`);
      if (requirement.kind !== "role") throw new Error(`${method.name} takes no role`);
      const isAllowed = roles.indexOf(role as Role) >= roles.indexOf(requirement.role);
      const answer = await refusal(callEmpty(client, method.localName));
      const isRefused = answer === "PermissionDenied auth/forbidden";
      expect({ role, method: method.name, isRefused }).toEqual({ role, method: method.name, isRefused: !isAllowed });
      expect(answer.includes("auth/")).toBe(isRefused);
    }
  }
});

test("a token that an administrator makes has its role until it is revoked, and the listing never has it", async () => {
  const { token, info } = await admin().createToken({ name: "dash", role: "viewer", validSeconds: 60 });
  const client = fixture.client(PolyglotService, { token });
  expect(await refusal(client.listQueues({}))).toBe("allowed");
  expect(await refusal(client.reconcile({}))).toBe("PermissionDenied auth/forbidden");
  const { tokens } = await admin().listTokens({});
  expect(tokens.filter(({ name }) => name === "dash")).toMatchObject([{ id: info?.id, role: "viewer" }]);
  expect(
    JSON.stringify(tokens, (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value)),
  ).not.toContain(token);
  const { revoked } = await admin().revokeTokens({ token: info?.id ?? "" });
  expect(revoked).toMatchObject([{ name: "dash" }]);
  expect(await refusal(client.listQueues({}))).toBe("Unauthenticated auth/invalid");
});

test.each([
  ["an unknown role", { name: "x", role: "boss", validSeconds: 60 }],
  ["no time", { name: "x", role: "viewer", validSeconds: 0 }],
  ["more than 366 days", { name: "x", role: "viewer", validSeconds: 366 * 86_400 + 1 }],
  ["the installation's own name", { name: "local", role: "viewer", validSeconds: 60 }],
  ["a name with a line break", { name: "a\nb", role: "viewer", validSeconds: 60 }],
])("a token with %s is refused", async (_what, request) => {
  expect(await refusal(admin().createToken(request))).toMatch(/^InvalidArgument request\/invalid/);
});

test("the installation's own token cannot be revoked, by its name or by its id", async () => {
  const { tokens } = await admin().listTokens({});
  const own = tokens.find(({ name }) => name === "local");
  for (const token of ["local", own?.id ?? ""]) {
    expect(await refusal(admin().revokeTokens({ token }))).toMatch(/^InvalidArgument request\/invalid/);
  }
  expect(await refusal(admin().listQueues({}))).toBe("allowed");
});

test("a revoked token is refused with the next request", async () => {
  const token = await fixture.token("viewer", 3600, "soon");
  const client = fixture.client(PolyglotService, { token });
  expect(await refusal(client.listQueues({}))).toBe("allowed");
  await revokeOtherTokens(fixture.store.database, "user", "soon", hashToken(""));
  expect(await refusal(client.listQueues({}))).toBe("Unauthenticated auth/invalid");
});

test("a method of agents takes a certificate of the own authority and nothing else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-foreign-"));
  const { key, request } = await createRequest();
  const foreign = await Authority.open(folder, systemClock);
  const stolen = { cert: await foreign.signAgent("host-1" as AgentId, request), key };
  rmSync(folder, { recursive: true });
  const callers = [{}, { identity: stolen }, { token: fixture.localToken }];
  for (const who of callers) {
    const client = fixture.client(AgentService, who);
    for (const method of methodsOf(AgentService).filter((name) => name !== "join")) {
      expect([method, await refusal(callEmpty(client, method))]).toEqual([method, "Unauthenticated auth/missing"]);
    }
  }
});

test("a join token gives one certificate, with which the agent is known by its name", async () => {
  const { token, certificateAuthority } = await admin().createJoinToken({ validSeconds: 60 });
  expect(certificateAuthority).toBe(fixture.authority);
  const identity = await joinAs(token, "host-1");
  const agent = fixture.client(AgentService, { identity });
  const renewed = await agent.renewCertificate({ certificateRequest: (await createRequest()).request });
  expect(renewed.certificate).toMatch(/BEGIN CERTIFICATE/);
  expect(await refusal(joinAs(token, "host-2"))).toBe("PermissionDenied join/token token");
  expect(await refusal(joinAs("x".repeat(43), "host-2"))).toBe("PermissionDenied join/token token");
  expect(await refusal(joinAs(token, "../host"))).toBe("InvalidArgument request/invalid agent_id");
  const users = fixture.client(PolyglotService, { identity });
  expect(await refusal(users.listQueues({}))).toBe("Unauthenticated auth/missing");
});

test("a user's token is no join token", async () => {
  expect(await refusal(joinAs(fixture.localToken, "host-3"))).toBe("PermissionDenied join/token token");
});

test("an agent fetches the bundle of a pipeline byte for byte", async () => {
  const { token } = await admin().createJoinToken({ validSeconds: 60 });
  const agent = fixture.client(AgentService, { identity: await joinAs(token, "host-4") });
  const [row] = await fixture.store.database.query<{ bundle_digest: string }>({
    name: "",
    text: "select bundle_digest from plans",
  });
  const bundleDigest = row?.bundle_digest ?? "";
  const hash = createHash("sha256");
  for await (const chunk of agent.fetchBundle({ bundleDigest })) hash.update(chunk.data);
  expect(`sha256:${hash.digest("hex")}`).toBe(bundleDigest);
  expect(await refusal(agent.fetchBundle({ bundleDigest: `sha256:${"0".repeat(64)}` }))).toMatch(/request\/invalid/);
});

test("one port speaks JSON over http/1.1 and h2, Connect and gRPC", async () => {
  for (const protocol of ["connect", "json", "json-http1", "grpc"] as const) {
    const client = fixture.client(PolyglotService, { token: fixture.localToken }, protocol);
    const { pipelines } = await client.listPipelines({});
    expect(pipelines.map((pipeline) => pipeline.pipelineId)).toEqual([add]);
    expect(await refusal(client.run({ pipelineId: add }))).toBe("InvalidArgument input/missing left");
  }
});

test("wrong input is refused by name and queues nothing", async () => {
  const before = await admin().listExecutions({});
  expect(await refusal(admin().run({ pipelineId: add }))).toBe("InvalidArgument input/missing left");
  expect(await refusal(admin().run({ pipelineId: add, inputs: { left: "one" } }))).toBe(
    "InvalidArgument input/type left",
  );
  expect(await refusal(admin().run({ pipelineId: add, inputs: { left: 1, l: 2 } }))).toBe(
    "InvalidArgument input/unknown l",
  );
  expect(await refusal(admin().run({ pipelineId: "Nothing" }))).toBe("NotFound pipeline/unknown pipeline_id");
  expect(await admin().listExecutions({})).toEqual(before);
});

test("a run is read back by a beginning of its id, and the same key runs once", async () => {
  const first = await admin().run({ pipelineId: "Add", inputs: { left: 2 }, idempotencyKey: "k" });
  expect(first).toMatchObject({ pipelineId: add, decision: "activated" });
  const again = await admin().run({ pipelineId: add, inputs: { left: 2 }, idempotencyKey: "k" });
  expect(again).toMatchObject({ executionId: first.executionId, decision: "duplicate" });
  const execution = await admin().getExecution({ executionId: first.executionId.slice(0, 18) });
  expect(execution).toMatchObject({ state: "waiting", inputs: { left: 2, right: 1 }, trigger: "run", attemptNo: 0 });
  const activations = await admin().listActivations({ pipelineId: add });
  expect(activations.activations.map((one) => one.executionId)).toContain(first.executionId);
  expect(await refusal(admin().getExecution({ executionId: "ffffffff" }))).toBe(
    "NotFound execution/unknown execution_id",
  );
});

test("events are decided one by one", async () => {
  const events = [
    { pipelineId: add, inputs: { left: 1 }, dedupeKey: "e" },
    { pipelineId: add, inputs: {}, dedupeKey: "f" },
    { pipelineId: add, inputs: { left: 1 }, dedupeKey: "e" },
  ];
  const { results } = await admin().activate({ events });
  expect(results.map((result) => result.error?.code ?? "")).toEqual(["", "input/missing", ""]);
  expect(results.map((result) => result.decision).toSorted()).toEqual(["activated", "duplicate", "refused"]);
  const many = Array.from({ length: 1_001 }, () => ({ pipelineId: add }));
  expect(await refusal(admin().activate({ events: many }))).toBe("ResourceExhausted request/too-large events");
});

test("whoever waits is told of the end, and logs are followed until then", async () => {
  const { executionId } = await admin().run({ pipelineId: add, inputs: { left: 3 } });
  const line = { executionId, attemptNo: 1, at: new Date(), level: "info", nodeId: "n" };
  await writeLogs(fixture.store.database, [{ ...line, sequence: 1, text: "first" }]);
  const waiting = admin().waitExecution({ executionId, timeoutSeconds: 60 });
  const texts: string[] = [];
  for await (const { lines } of admin().readLogs({ executionId, follow: true })) {
    texts.push(...lines.map(({ text }) => text));
    if (texts.length > 1) continue;
    await writeLogs(fixture.store.database, [{ ...line, sequence: 2, text: "second" }]);
    await admin().cancelExecution({ executionId });
  }
  expect(texts).toEqual(["first", "second"]);
  expect((await waiting).state).toBe("cancelled");
  expect(await refusal(admin().cancelExecution({ executionId }))).toBe("FailedPrecondition execution/ended");
});

test("what the store cannot hold, and limits below zero, are no bugs", async () => {
  expect(await refusal(admin().listExecutions({ queue: "a\0b" }))).toMatch(/^InvalidArgument request\/invalid/);
  expect(await refusal(admin().reconcile({ repository: "a\0b" }))).toBe("InvalidArgument request/invalid repository");
  expect(await refusal(admin().listExecutions({ limit: -1 }))).toBe("allowed");
  expect(await refusal(admin().listDeadLetters({ limit: -1 }))).toBe("allowed");
  const inputs = { left: 1, "\0": 2 };
  expect(await refusal(admin().run({ pipelineId: add, inputs }))).toMatch(/input\/unknown/);
  const { executionId } = await admin().run({ pipelineId: add, inputs: { left: 6 } });
  expect(await refusal(admin().readLogs({ executionId, step: "a\0b" }))).toMatch(/^InvalidArgument request\/invalid/);
});

test("a wait that is too short answers the state of now", async () => {
  const { executionId } = await admin().run({ pipelineId: add, inputs: { left: 4 } });
  expect((await admin().waitExecution({ executionId, timeoutSeconds: 0 })).state).toBe("waiting");
});

test("the overview is pushed at once and after a change", async () => {
  let started = "";
  for await (const overview of admin().watchOverview({ executions: 2 })) {
    expect(overview.executions).toHaveLength(2);
    expect(overview.queues[0]?.name).toBe("Default");
    if (started === "") started = (await admin().run({ pipelineId: add, inputs: { left: 5 } })).executionId;
    if (overview.executions[0]?.executionId === started) break;
  }
});

test("files with errors are not applied, and the answer says where they are wrong", async () => {
  const content = Buffer.from("[@] test>Other\n[X]\n\n[|] Bad\n[i] no type here\n[t] |T.Cli\n[o] None\n[x]\n");
  const { objects, diagnostics } = await admin().apply({ files: [{ path: "bad.pg", content }] });
  expect(objects).toEqual([]);
  expect(diagnostics[0]).toMatchObject({ severity: "error", position: { file: "bad.pg", line: 5 } });
  for (const path of ["../a.pg", "/a.pg", "a//b.pg", "a\0.pg"]) {
    expect(await refusal(admin().apply({ files: [{ path, content }] }))).toBe("InvalidArgument request/invalid files");
  }
});

test("probes are open, metrics are not", async () => {
  expect(await rawGet("/healthz")).toEqual([200, "ok\n"]);
  expect(await rawGet("/readyz")).toEqual([200, "ready\n"]);
  expect((await rawGet("/metrics"))[0]).toBe(401);
  expect((await rawGet("/metrics", "x".repeat(40)))[0]).toBe(401);
  const [status, text] = await rawGet("/metrics", fixture.localToken);
  expect(status).toBe(200);
  expect(text).toContain('polyglot_queue_executions{queue="Default",state="waiting"}');
  expect((await rawGet("/../etc/passwd", fixture.localToken))[0]).toBe(404);
});

test("a running execution shows the steps that its agent told last, until its stream is over", async () => {
  const other = await ControllerFixture.start();
  const client = other.client(PolyglotService, { token: other.localToken });
  await client.apply({ files: [{ path: "add.pg", content: Buffer.from(source) }] });
  const { executionId } = await client.run({ pipelineId: add, inputs: { left: 1 } });
  const { token } = await client.createJoinToken({ validSeconds: 60 });
  const agent = other.client(AgentService, { identity: await joinAs(token, "host-6", other) });
  const [dispatched, seen] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const shown = async () =>
    (await client.getExecution({ executionId })).steps.map(({ nodeId, state }) => `${nodeId} ${state}`);

  async function* words() {
    yield { hello: { sessionId: randomUUID(), host: "host-6", capacity: 1 } };
    yield { heartbeat: { number: 1n }, credits: 1 };
    await dispatched.promise;
    const steps = [{ nodeId: "run.0", state: "running" }];
    const ended = { nodeId: "set.0", state: "succeeded" };
    const stale = { executionId: randomUUID(), attemptNo: 1, steps };
    yield {
      heartbeat: { number: 2n },
      progress: { attempts: [stale, { executionId, attemptNo: 1, steps: [ended, ...steps] }] },
    };
    await seen.promise;
  }
  for await (const message of agent.connect(words())) {
    if (message.executions.length > 0) dispatched.resolve();
    if (message.lease?.number !== 2n) continue;
    expect(await shown()).toEqual(["set.0 succeeded", "run.0 running"]);
    const [listed] = (await client.listExecutions({})).executions;
    expect(listed?.steps.map(({ nodeId }) => nodeId)).toEqual(["run.0"]);
    seen.resolve();
  }
  expect(await shown()).toEqual([]);
  await other[Symbol.asyncDispose]();
});

test("an agent asks for the attempts that it runs, in the pipelines of their plans, and for nothing else", async () => {
  const other = await ControllerFixture.start();
  const client = other.client(PolyglotService, { token: other.localToken });
  await client.apply({ files: [{ path: "add.pg", content: Buffer.from(source) }] });
  const { executionId } = await client.run({ pipelineId: add, inputs: { left: 1 } });
  const sessionId = randomUUID();
  const member = async (name: string) =>
    other.client(AgentService, {
      identity: await joinAs((await client.createJoinToken({ validSeconds: 60 })).token, name, other),
    });
  const [agent, stranger] = [await member("host-7"), await member("host-8")];
  const asked = Promise.withResolvers<void>();

  async function* words() {
    yield { hello: { sessionId, host: "host-7", capacity: 1 } };
    yield { heartbeat: { number: 1n }, credits: 1 };
    await asked.promise;
  }
  for await (const message of agent.connect(words())) {
    if (message.executions.length === 0) continue;
    const step = { executionId, attemptNo: 1, sessionId, pipelineId: add, nodeId: "run.0", sequence: 1 };
    const set = (changes: Partial<typeof step>, who = agent) =>
      refusal(who.writeState({ step: { ...step, ...changes }, key: "k", value: Buffer.from("1") }));
    expect(await set({})).toBe("allowed");
    expect(await set({ attemptNo: 2 })).toBe("FailedPrecondition attempt/stale");
    expect(await set({ sessionId: randomUUID() })).toBe("FailedPrecondition attempt/stale");
    expect(await set({ executionId: randomUUID() })).toBe("FailedPrecondition attempt/stale");
    expect(await set({ pipelineId: "test>Api#Other" })).toBe("FailedPrecondition attempt/stale");
    expect(await set({}, stranger)).toBe("FailedPrecondition attempt/stale");
    expect(await set({ sequence: 0 })).toBe("InvalidArgument request/invalid step");
    expect(await refusal(agent.writeState({ step, key: "k", value: Buffer.from("{") }))).toBe(
      "InvalidArgument request/invalid value",
    );
    expect(await refusal(agent.readState({ step, key: "x".repeat(513) }))).toBe("InvalidArgument request/invalid key");
    const large = Buffer.from(`"${"x".repeat(1024 * 1024)}"`);
    expect(await refusal(agent.writeState({ step, key: "k", value: large }))).toBe(
      "ResourceExhausted request/too-large value",
    );
    expect(await refusal(agent.startExecution({ step, pipelineId: "Nothing", inputs: Buffer.from("{}") }))).toBe(
      "NotFound pipeline/unknown",
    );
    asked.resolve();
  }
  await other[Symbol.asyncDispose]();
});

test("a stop ends the streams that are open and frees the port", async () => {
  const other = await ControllerFixture.start();
  const client = other.client(PolyglotService, { token: other.localToken });
  const stream = client.watchOverview({})[Symbol.asyncIterator]();
  await stream.next();
  const { token } = await client.createJoinToken({ validSeconds: 60 });
  const agent = other.client(AgentService, { identity: await joinAs(token, "host-5", other) });
  const messages = agent.connect(openHello())[Symbol.asyncIterator]();
  expect((await messages.next()).value?.welcome).toBeDefined();
  const cut = [refusal({ [Symbol.asyncIterator]: () => stream }), refusal(drained(messages))];
  await other.controller.stop();
  expect(await Promise.all(cut)).toEqual(["Unavailable", "Unavailable"]);
  const refused = await new Promise<string>((resolve) => {
    const socket = connect(Number(new URL(other.controller.url).port), "127.0.0.1");
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    socket.on("connect", () => resolve("connected"));
  });
  expect(refused).toBe("ECONNREFUSED");
  await other[Symbol.asyncDispose]();
});

/** Says hello and then keeps the stream open. */
async function* openHello() {
  yield { hello: { sessionId: randomUUID(), host: "host-5", capacity: 1 } };
  await new Promise(() => undefined);
}

async function drained(messages: AsyncIterator<unknown>): Promise<void> {
  while ((await messages.next()).done !== true);
}

/** Joins with a new key. */
async function joinAs(token: string, agentId: string, at = fixture): Promise<Identity> {
  const { key, request } = await createRequest();
  const { certificate } = await at.client(AgentService).join({ token, agentId, certificateRequest: request });
  return { cert: certificate, key };
}

/** Over http/1.1, as monitors do. */
async function rawGet(path: string, token?: string): Promise<[number, string]> {
  const url = new URL(fixture.controller.url);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const call = httpsRequest(
      { host: url.hostname, port: url.port, path, headers, ca: fixture.authority },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve([response.statusCode ?? 0, text]));
      },
    );
    call.on("error", reject);
    call.end();
  });
}
