/** Connections with the real programs: steps use databases and servers by name, and no password is anywhere afterwards. */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Execution } from "@polyglot/contracts/service";
import { Client, escapeLiteral } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../client/api-client.ts";
import { EmbeddedPostgres } from "./postgres.ts";
import { LocalSystem } from "./system.ts";

const first = "p@ss/word:of+the first";
const second = "Tr0ub4dor&3-and-more";
const token = "t0ken-5a21-77c0";
const values = [first, second, token];

const pipelines = String.raw`
[@] io.test>Connections
[X]

[|] WhoAmI
[t] |T.Call
[w] |W.PostgreSQL << "orders" >> db
[r] |U.Database.Query << db << "select session_user::text as who" >> rows
[o] >> rows
[x]

[|] WhoElse
[t] |T.Call
[r] |U.Database.Query << "orders-of-url-user" << "select session_user::text as who" >> rows
[o] >> rows
[x]

[|] Asked
[i] name: pg\string
[t] |T.Call
[Q] |Q.Retry.MaxAttempts << 1
[r] |U.Database.Connect << name >> db
[r] |U.Database.Query << db << "select 1 as one" >> rows
[o] >> rows
[x]

[|] AskedOfPostgres
[i] name: pg\string
[t] |T.Call
[Q] |Q.Retry.MaxAttempts << 1
[w] |W.PostgreSQL << name >> db
[r] |U.Database.Query << db << "select 1 as one" >> rows
[o] >> rows
[x]

[|] Count
[t] |T.Call
[w] |W.SQLite << "here" >> db
[r] |U.Database.Execute << db << "create table if not exists calls (day text)"
[r] |U.Database.Execute << "here" << "insert into calls values ('monday')" >> added
[o] >> added
[x]

[|] Keep
[t] |T.Call
[Q] |Q.Checkpoint << True
[w] |W.PostgreSQL << "orders" >> db
[r] |U.Database.Query << db << "select $1 as said" << ["monday"] >> rows
[o] >> rows
[x]

[|] Echo
[t] |T.Call
[w] |W.HttpClient << "billing" >> client
[r] |U.Network.HttpGet << "bills?page=1" << client: client >> status >> body
[r] |U.Log.Info << "the server saw {body}"
[o] >> status
[x]
`;

interface Places {
  readonly postgres: number;
  readonly http: number;
}

const object = (kind: string, name: string, spec: string): string =>
  `apiVersion: polyglot.dev/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: { ${spec} }\n`;

function objectsAt({ postgres, http }: Places): string {
  const database = (name: string, settings: string, user = "") =>
    object(
      "Connection",
      name,
      `type: postgresql, url: "postgresql://${user}127.0.0.1:${postgres}/polyglot", ${settings}`,
    );
  return [
    object("Secret", "orders-login", "store: true"),
    object("Secret", "orders-password", "store: true"),
    object("Secret", "user-alone", "store: true"),
    object("Secret", "of-others", "store: true, namespaces: [io.other]"),
    object("Secret", "billing-token", "store: true"),
    object("Secret", "nothing-yet", "store: true"),
    database("orders", "credentialsFrom: orders-login"),
    database("orders-of-url-user", "credentialsFrom: orders-password", "reports@"),
    database("login-of-others", "credentialsFrom: of-others"),
    database("without-value", "credentialsFrom: nothing-yet"),
    database("without-user", "credentialsFrom: user-alone"),
    database("encrypted", "tls: {}, credentialsFrom: orders-login"),
    object(
      "Connection",
      "not-yet-asked",
      `type: postgresql, url: "postgresql://reports@127.0.0.1:${postgres}/polyglot?x=1", credentialsFrom: orders-password`,
    ),
    object("Connection", "for-others", 'type: sqlite, url: "sqlite:here.db", namespaces: [io.other]'),
    object("Connection", "here", 'type: sqlite, url: "sqlite:here.db"'),
    object("Connection", "billing", `type: http, url: "http://127.0.0.1:${http}/v1", credentialsFrom: billing-token`),
  ].join("---\n");
}

let folder: string;
let system: LocalSystem;
let api: ApiClient;
let postgres: EmbeddedPostgres;
let admin: Client;
const asked: { readonly url: string | undefined; readonly authorization: string | undefined }[] = [];
const closing: (() => Promise<unknown> | void)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-connections-"));
  const places = { postgres: await startPostgres(), http: await startHttp() };
  const flags = { agentFlags: ["--allow-network", "127.0.0.1"], dataRoot: join(folder, "data") };
  mkdirSync(flags.dataRoot);
  const options = { ...flags, dataFolder: join(folder, ".polyglot"), listen: "127.0.0.1:0", onNews: () => undefined };
  system = new LocalSystem(options);
  api = new ApiClient(await system.start());
  const { diagnostics } = await apply(objectsAt(places));
  if (diagnostics.length > 0) throw new Error(diagnostics.map((one) => one.message).join("; "));
  await set("orders-login", `reports:${first}`);
  await set("orders-password", first);
  await set("user-alone", "reports-of-nobody");
  await set("of-others", `reports:${first}`);
  await set("billing-token", token);
});

afterAll(async () => {
  api?.close();
  await system?.stop();
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

const apply = (objects: string) =>
  api.call.apply({
    files: [
      { path: "connections.pg", content: Buffer.from(pipelines) },
      { path: "connections.yaml", content: Buffer.from(objects) },
    ],
  });

const set = (name: string, value: string) => api.call.setSecret({ name, value: Buffer.from(value) });

/** A PostgreSQL in which the role `reports` has to say its password, over TCP: what steps run as may not reach the socket. */
async function startPostgres(): Promise<number> {
  const cluster = join(folder, "orders");
  postgres = new EmbeddedPostgres({ folder: cluster });
  await postgres.start();
  closing.push(() => postgres.stop());
  admin = new Client({ connectionString: postgres.url() });
  await admin.connect();
  closing.push(() => admin.end());
  await admin.query(`create role reports login password ${escapeLiteral(first)}`);
  const rules = join(cluster, "cluster", "pg_hba.conf");
  writeFileSync(rules, `local all reports scram-sha-256\n${readFileSync(rules, "utf8")}`);
  await admin.query("select pg_reload_conf()");
  const path = join(new URL(postgres.url().replace(":///", "://x/")).searchParams.get("host") ?? "", ".s.PGSQL.5432");
  return listen(
    createServer((client) => {
      const server = connect(path);
      for (const side of [client, server]) side.on("error", () => undefined);
      client.pipe(server).pipe(client);
      client.on("close", () => server.destroy());
      server.on("close", () => client.destroy());
    }),
  );
}

function startHttp(): Promise<number> {
  const server = createHttpServer(({ url, headers: { authorization } }, response) => {
    asked.push({ url, authorization });
    response.setHeader("content-type", "text/plain");
    response.end(`what came was ${authorization}`);
  });
  return listen(server);
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function run(name: string, inputs: Record<string, string> = {}): Promise<Execution> {
  const { executionId } = await api.call.run({ pipelineId: `io.test>Connections#${name}`, inputs });
  return api.call.waitExecution({ executionId, timeoutSeconds: 60 });
}

async function linesOf({ executionId }: Execution): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of api.call.readLogs({ executionId })) lines.push(...batch.lines.map(({ text }) => text));
  return lines;
}

test("a step connects to a PostgreSQL by the name of a Connection, as the user whom the secret or the URL names", async () => {
  expect(await run("WhoAmI")).toMatchObject({ state: "succeeded", outputs: { rows: [{ who: "reports" }] } });
  expect(await run("WhoElse")).toMatchObject({ state: "succeeded", outputs: { rows: [{ who: "reports" }] } });
  expect(await run("Keep")).toMatchObject({ state: "succeeded", outputs: { rows: [{ said: "monday" }] } });
});

test("a SQLite file has a name as well", async () => {
  expect(await run("Count")).toMatchObject({ state: "succeeded", outputs: { added: 1 } });
  expect(readdirSync(join(folder, "data"))).toContain("here.db");
});

test("a client for HTTP has the base URL and the token of its Connection, and what comes back is logged without it", async () => {
  const execution = await run("Echo");
  expect(execution).toMatchObject({ state: "succeeded", outputs: { status: 200 } });
  expect(asked).toEqual([{ url: "/v1/bills?page=1", authorization: `Bearer ${token}` }]);
  expect(await linesOf(execution)).toContain("the server saw what came was Bearer [secret]");
});

test.each([
  ["Asked", "nowhere", "DependencyError", "no Connection 'nowhere' is declared"],
  ["Asked", "for-others", "PermissionError", "connection 'for-others' is not for pipelines of 'io.test>Connections'"],
  [
    "Asked",
    "login-of-others",
    "PermissionError",
    "connection 'login-of-others': secret 'of-others' is not for pipelines",
  ],
  ["Asked", "without-value", "DependencyError", "'polyglot secret set nothing-yet' writes one"],
  ["Asked", "without-user", "ConfigError", "its value is to be user:password"],
  ["Asked", "billing", "ValidationError", "Connection 'billing' is of type http, and 'U.Database.Connect' takes"],
  ["AskedOfPostgres", "here", "ValidationError", "takes postgresql"],
])("%s of '%s' is a %s", async (pipeline, name, type, message) => {
  const { error } = await run(pipeline, { name });
  expect(error).toMatchObject({ type: `pg\\!${type}`, message: expect.stringContaining(message) });
});

test("encryption is asked for where the Connection says so", async () => {
  const { error } = await run("Asked", { name: "encrypted" });
  expect(error).toMatchObject({ message: expect.stringContaining("SSL") });
});

test("a replaced password counts from the next execution on, and a wrong one is an error without it", async () => {
  await admin.query(`alter role reports password ${escapeLiteral(second)}`);
  await set("orders-login", `reports:${second}`);
  expect(await run("Asked", { name: "orders" })).toMatchObject({ state: "succeeded" });
  const { error } = await run("Asked", { name: "not-yet-asked" });
  expect(error).toMatchObject({ message: expect.stringContaining("password authentication failed") });
});

test("a changed Connection counts from the next execution on", async () => {
  const { diagnostics } = await apply(object("Connection", "here", 'type: sqlite, url: "sqlite:there.db"'));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(await run("Count")).toMatchObject({ state: "succeeded" });
  expect(readdirSync(join(folder, "data"))).toContain("there.db");
});

test("what nothing acts on yet is refused by an apply", async () => {
  const refused = await apply(object("Connection", "broker", 'type: nats, url: "nats://broker:4222"'));
  const found = refused.diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n");
  expect(found).toContain("PG7011 spec.type");
});

test("no answer of the API, no log and no file of the store has a password or a token", async () => {
  const { executions } = await api.call.listExecutions({ limit: 100 });
  const answers: unknown[] = [];
  for (const { executionId } of executions) {
    answers.push(await api.call.getExecution({ executionId }));
    for await (const batch of api.call.readLogs({ executionId })) answers.push(batch);
  }
  const text = JSON.stringify(answers, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  for (const form of values.flatMap(formsOf)) expect(text).not.toContain(form);
  await system.stop();
  expect(filesWith(join(folder, ".polyglot"))).toEqual([]);
});

const formsOf = (value: string): string[] => {
  const bytes = Buffer.from(value);
  return [value, encodeURIComponent(value), bytes.toString("base64"), bytes.toString("hex")];
};

/** Files below the folder that hold a value in one of its forms. */
function filesWith(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const content = readFileSync(path);
      return values.flatMap(formsOf).some((form) => content.includes(form));
    });
}
