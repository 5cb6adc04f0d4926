/** What executions leave of their database connections, however they end. */
import { Client } from "pg";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { databaseLimits } from "../stdlib/contained/database-limits.ts";
import { ExecutionBed } from "./bed.fixture.ts";
import { bundle, exit, program, py, u, v } from "./conformance/program.ts";
import { type Servers, startServers } from "./conformance/servers.fixture.ts";

const name = `leaks_${randomUUID().replaceAll("-", "")}`;
const admin = new Client({ connectionString: inject("postgresUrl") });
const bed = new ExecutionBed();
let servers: Servers;

beforeAll(async () => {
  await admin.connect();
  await admin.query(`create database "${name}"`);
  const url = inject("postgresUrl").replace("/polyglot?", `/${name}?`);
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("create table kept (x int)");
  await client.end();
  servers = await startServers(url);
  bed.hold(bundle);
  await bed.start();
});
afterAll(async () => {
  await bed.stop();
  await servers.stop();
  await admin.query(`drop database "${name}" with (force)`);
  await admin.end();
});

/** What the server's processes for this database do. */
async function states(): Promise<string[]> {
  const { rows } = await admin.query("select state from pg_stat_activity where datname = $1", [name]);
  return (rows as { state: string }[]).map(({ state }) => state);
}

const begun = () => [
  u("U.Database.Connect", [servers.postgres], ["db"]),
  u("U.Database.Execute", [v("db"), "begin"], [], { node: "begin" }),
  u("U.Database.Execute", [v("db"), "lock table kept in share mode"], [], { node: "lock" }),
];

const endings = {
  "an error": { plan: () => program({ run: [...begun(), py("fail", ["ValueError", "boom"])] }), outcome: "failed" },
  "an exit": { plan: () => program({ run: [...begun(), exit(0)] }), outcome: "succeeded" },
  "a kill": {
    plan: () =>
      program({
        run: [...begun(), u("U.Database.Query", [v("db"), "select pg_sleep(600)"])],
        queue: { kill: { timeout_seconds: 1 } },
      }),
    outcome: "killed",
  },
  "the end": { plan: () => program({ run: begun() }), outcome: "succeeded" },
} as const;

test.each(Object.entries(endings))(
  "after %s of more executions than connections, all are free and idle",
  async (_title, { plan, outcome }) => {
    const runs = Array.from({ length: databaseLimits.connectionsPerUrl + 2 }, () => bed.run(plan()));
    for (const run of runs) {
      expect(await run.report).toMatchObject({ outcome });
      await run.ended;
    }
    // One that is killed while it waits for a connection has nothing to close.
    const said = runs.flatMap(({ lines }) => lines.map(({ text }) => text));
    expect(said.length).toBeGreaterThanOrEqual(databaseLimits.connectionsPerUrl);
    expect(said.filter((text) => !text.startsWith("closed 1 database connection left open"))).toEqual([]);
    const left = await states();
    expect(left.length).toBeLessThanOrEqual(databaseLimits.connectionsPerUrl);
    expect(left.filter((state) => state !== "idle")).toEqual([]);
  },
);

test("no connection is left when the library's processes have ended", async () => {
  await bed.run(program({ run: [u("U.Database.Query", [servers.postgres, "select 1"])] })).report;
  expect(await states()).not.toEqual([]);
  await bed.library.stop();
  while ((await states()).length > 0);
  expect(await states()).toEqual([]);
});
