/** Alerts from what the store holds to those who are told: real sockets, a real mail server, two controllers. */
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { silentLogger, systemClock } from "@polyglot/service";
import { AddressPolicy } from "@polyglot/service/address-policy";
import { SMTPServer } from "smtp-server";
import { QueueRollups } from "../observe/queue-rollups.ts";
import { writeQueueRollups } from "../store/queue-history.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ShardHolder } from "../leader/shard-holder.ts";
import { readAlertStates, readNotificationProblems } from "../store/alerts.ts";
import { createTestDatabase, type TestDatabase } from "../store/test-database.ts";
import { declare, register, startTriggers, type TriggerWorld } from "../triggers/triggers.fixture.ts";
import { providers } from "../triggers/webhooks/index.ts";
import { verifySignature } from "../triggers/webhooks/signature.ts";
import { AlertWatch } from "./alert-watch.ts";
import { Teller, type TellerParts } from "./teller.ts";

interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const secrets: Record<string, string> = { key };

let store: TestDatabase;
let holder: ShardHolder;
let triggers: TriggerWorld;
let web: Server;
let mail: SMTPServer;
const received: Received[] = [];
const mails: string[] = [];
let answer = 204;

beforeAll(async () => {
  store = await createTestDatabase();
  holder = new ShardHolder(store.database, systemClock, silentLogger, { controllerId: "one", url: "" });
  await holder.start();
  web = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers as Record<string, string>, body });
      response.writeHead(answer).end("said");
    });
  });
  web.listen(0, "127.0.0.1");
  await once(web, "listening");
  mail = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    onData: (stream, _session, done) => {
      let text = "";
      stream.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      stream.on("end", () => {
        mails.push(text);
        done();
      });
    },
  });
  mail.listen(0, "127.0.0.1");
  await once(mail.server, "listening");
  secrets["slack"] = `http://localhost:${portOf(web)}/slack`;
  await register(store.database, {
    name: "OnAlert",
    inputs: [
      { name: "alert", type: "pg\\string" },
      { name: "state", type: "pg\\string" },
      { name: "at", type: "pg\\datetime" },
    ],
  });
  triggers = await startTriggers(store.database);
});
afterAll(async () => {
  web.close();
  mail.close();
  await triggers[Symbol.asyncDispose]();
  await holder.stop();
  await store[Symbol.asyncDispose]();
});

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
let nowMs = Date.parse("2026-06-01T00:00:00Z");
const clock = { ...systemClock, now: () => nowMs };
const advance = (ms: number) => (nowMs += ms);
const watchOf = (database = store.database) =>
  new AlertWatch({ database, holder, clock, logger: silentLogger, onNews: () => undefined });
const tellerOf = (changes: Partial<TellerParts> = {}) =>
  new Teller({
    ...{ database: store.database, clock, logger: silentLogger, policy: new AddressPolicy(["loopback"]) },
    ...{ activator: triggers.activator, catalog: triggers.catalog },
    secret: async (name) => {
      const value = secrets[name];
      if (value === undefined) throw new Error(`no Secret '${name}' is declared`);
      return value;
    },
    ...changes,
  });
const query = (text: string, values: readonly unknown[] = []) => store.database.query({ name: "", text }, values);

async function enqueue(count: number): Promise<void> {
  const requests = Array.from({ length: count }, () => ({
    ...{ pipelineId: "io.test>Triggers#OnAlert", triggerName: "run", triggerKey: null, triggerContext: {} },
    inputs: { alert: "x", state: "y", at: { $datetime: "2026-01-01T00:00:00Z" } },
    ...{ dedupeKey: null, host: null },
  }));
  const decisions = await triggers.activator.activate(requests);
  if (decisions.some((one) => one.kind !== "activated")) throw new Error("nothing waits");
}

const deep = { metric: { name: "queue.depth", is: "above", value: 10, clear: 4 } };

test("slow waits of a queue are told, nothing changes between the limits, and their end is told", async () => {
  const { database } = store;
  await declare(database, "Notifier", "lines", { log: {} });
  const metric = { name: "queue.wait_p95_ms", is: "above", value: 1_000, clear: 200 };
  await declare(database, "Alert", "slow", { when: { metric }, notify: ["lines"] });
  const seen: unknown[] = [];
  for (const waitMs of [100, 3_000, 500, 100]) {
    const rollups = new QueueRollups();
    for (let at = 0; at < 20; at += 1) rollups.started("slow", "io.test>A#Slow", waitMs, nowMs);
    await writeQueueRollups(database, rollups.take());
    await watchOf().runOnce();
    seen.push(await query("select state from alert_states where alert = 'slow' and subject = 'slow'"));
    advance(400_000);
  }
  expect(seen).toEqual([[], [{ state: "firing" }], [{ state: "firing" }], [{ state: "resolved" }]]);
});

test("a full queue is told once by each way, over two controllers, and its end once", async () => {
  const { database } = store;
  const smtp = `127.0.0.1:${portOf(mail.server)}`;
  await declare(database, "Notifier", "hook", {
    webhook: { url: `http://127.0.0.1:${portOf(web)}/hook`, signedWith: "key" },
  });
  await declare(database, "Notifier", "chat", { slack: { urlFrom: "slack" } });
  await declare(database, "Notifier", "post", {
    email: { server: smtp, from: "p@example.com", to: ["o@example.com"] },
  });
  await declare(database, "Notifier", "ticket", { pipeline: "io.test>Triggers#OnAlert" });
  await declare(database, "Alert", "deep", {
    when: deep,
    for: "10s",
    notify: ["hook", "chat", "post", "ticket", "hook"],
    severity: "critical",
  });
  await enqueue(11);
  const [one, two] = [watchOf(), watchOf()];
  expect(await one.runOnce()).toBe(0);
  expect((await readAlertStates(database)).filter((row) => row.alert === "deep")).toMatchObject([
    { subject: "Default", state: "pending", value: 11 },
  ]);
  advance(10_000);
  expect(await one.runOnce()).toBe(4);
  // The same look by another controller, and by one that was started anew, has nothing to tell.
  expect([await two.runOnce(), await watchOf().runOnce()]).toEqual([0, 0]);
  await Promise.all([tellerOf().runOnce(), tellerOf().runOnce()]);
  expect(received.map(({ path }) => path).sort()).toEqual(["/hook", "/slack"]);
  const hook = received.find(({ path }) => path === "/hook");
  if (hook === undefined) throw new Error("no webhook came");
  const request = { headers: hook.headers, body: Buffer.from(hook.body) };
  expect(verifySignature(providers["standard-webhooks"], request, [key], clock.now())).toBe("good");
  expect(JSON.parse(hook.body)).toMatchObject({
    type: "alert.firing",
    data: {
      alert: "deep",
      subject: "Default",
      severity: "critical",
      message: "queue.depth of Default is 11, above 10",
    },
  });
  expect(mails).toHaveLength(1);
  expect(mails[0]).toContain("Subject: [critical] deep: Default");
  const started = await query("select inputs from activations where trigger_name = 'alert'");
  expect(started).toMatchObject([{ inputs: { alert: "deep", state: "firing" } }]);
  // Between the limit and where it is over nothing is told.
  await query(
    "update executions set state = 'cancelled', ended_at = now() where state = 'waiting' and execution_id in (select execution_id from executions where state = 'waiting' limit 7)",
  );
  expect(await one.runOnce()).toBe(0);
  await query(
    "update executions set state = 'cancelled', ended_at = now() where state = 'waiting' and execution_id in (select execution_id from executions where state = 'waiting' limit 4)",
  );
  expect(await one.runOnce()).toBe(4);
  expect(await two.runOnce()).toBe(0);
  await tellerOf().runOnce();
  expect(
    received.filter(({ path }) => path === "/hook").map(({ body }) => (JSON.parse(body) as { type: string }).type),
  ).toEqual(["alert.firing", "alert.resolved"]);
});

test("a bad end is told once until a good one, and an alert that nobody declares any more is forgotten", async () => {
  const { database } = store;
  await query("delete from objects where kind = 'Alert'");
  await declare(database, "Notifier", "log", { log: {} });
  await declare(database, "Alert", "ends", { when: { outcome: "dead_lettered" }, notify: ["log"] });
  const watch = watchOf();
  expect(await watch.runOnce()).toBe(0);
  expect((await readAlertStates(database)).filter((row) => row.alert === "deep")).toEqual([]);
  const end = async (state: string, at: Date) => {
    await enqueue(1);
    const [row] = (await query(
      "update executions set state = $1::text::execution_state, ended_at = $2, attempt_no = 1 where execution_id = (select execution_id from executions where state = 'waiting' order by execution_id desc limit 1) returning execution_id",
      [state, at],
    )) as { execution_id: string }[];
    await query(
      "insert into attempts (execution_id, attempt_no, outcome, cleanup, claimed_at, ended_at) values ($1, 1, 'failed', 'none', $2, $2)",
      [row?.execution_id, at],
    );
  };
  const now = () => new Date(clock.now());
  advance(1_000);
  await end("dead_lettered", now());
  expect(await watch.runOnce()).toBe(1);
  advance(1_000);
  await end("dead_lettered", now());
  expect([await watch.runOnce(), await watchOf().runOnce()]).toEqual([0, 0]);
  advance(120_000);
  expect(await watch.runOnce()).toBe(0);
  await end("succeeded", now());
  expect(await watch.runOnce()).toBe(1);
  expect(await watch.runOnce()).toBe(0);
  // A bad end and a good one between two looks are both told.
  advance(1_000);
  await end("dead_lettered", now());
  advance(1_000);
  await end("succeeded", now());
  expect([await watch.runOnce(), await watch.runOnce(), await watch.runOnce()]).toEqual([1, 1, 0]);
});

test("who cannot be told is tried again, and it is said why", async () => {
  const { database } = store;
  await query("delete from notifications");
  await declare(database, "Alert", "agents", {
    when: { metric: { name: "agents.connected", is: "below", value: 1 } },
    notify: ["hook", "nobody"],
  });
  expect(await watchOf().runOnce()).toBe(2);
  const before = received.length;
  answer = 500;
  await tellerOf().runOnce();
  expect(received.length).toBe(before + 1);
  const problems = await readNotificationProblems(database, new Date(0));
  expect(problems.map((one) => `${one.notifier}: ${one.problem ?? ""}`)).toEqual([
    "hook: the answer was 500: said",
    "nobody: no Notifier 'nobody' is declared",
  ]);
  await tellerOf().runOnce();
  expect(received.length).toBe(before + 1);
  answer = 204;
  advance(31_000);
  await tellerOf().runOnce();
  expect(received.length).toBe(before + 2);
  expect(received.at(-1)?.headers["webhook-id"]).toBe(received.at(-2)?.headers["webhook-id"]);
});

test("private addresses are told nothing unless the operator lets it", async () => {
  const { database } = store;
  await query("delete from notifications");
  await query("delete from alert_states");
  await declare(database, "Notifier", "nobody", { slack: { urlFrom: "slack" } });
  await declare(database, "Notifier", "hook", {
    email: { server: `localhost:${portOf(mail.server)}`, from: "p@example.com", to: ["o@example.com"] },
  });
  expect(await watchOf().runOnce()).toBe(2);
  const before = [received.length, mails.length];
  await tellerOf({ policy: new AddressPolicy([]) }).runOnce();
  expect([received.length, mails.length]).toEqual(before);
  const problems = await readNotificationProblems(database, new Date(0));
  expect(problems.map((one) => one.problem)).toEqual([
    expect.stringContaining("is an address of this host itself"),
    expect.stringContaining("is an address of this host itself"),
  ]);
});
