import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, expect, inject, test } from "vitest";
import { EmbeddedPostgres } from "./postgres.ts";
import { processStart } from "./process-start.ts";

const folders: string[] = [];
const running: EmbeddedPostgres[] = [];

afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-postgres-"));
  folders.push(folder);
  return folder;
}

async function start(folder: string): Promise<EmbeddedPostgres> {
  const postgres = new EmbeddedPostgres({ folder });
  running.push(postgres);
  await postgres.start();
  return postgres;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const gone = async (pid: number): Promise<void> => {
  while (processStart(pid) !== undefined) await sleep(20);
};

test("the run's own PostgreSQL answers", async () => {
  expect(await query(inject("postgresUrl"), "select 1 as one")).toEqual([{ one: 1 }]);
});

test("it listens on a socket only, with data checksums", async () => {
  const postgres = await start(temporaryFolder());
  const rows = await query(
    postgres.url(),
    "select current_setting('listen_addresses') as tcp, current_setting('data_checksums') as checksums",
  );
  expect(rows).toEqual([{ tcp: "", checksums: "on" }]);
});

test("what was committed is there after a stop and a start", async () => {
  const folder = temporaryFolder();
  const first = await start(folder);
  await query(first.url(), "create table kept as select 7 as number");
  await first.stop();
  const second = await start(folder);
  expect(await query(second.url(), "select number from kept")).toEqual([{ number: 7 }]);
});

test("a second start in the same folder is refused and names the owner", async () => {
  const folder = temporaryFolder();
  const first = await start(folder);
  await expect(new EmbeddedPostgres({ folder }).start()).rejects.toThrow(`in use by process ${process.pid}`);
  expect(await query(first.url(), "select 1 as one")).toEqual([{ one: 1 }]);
});

test("it starts again after SIGKILL of the server, with its mark left behind", async () => {
  const folder = temporaryFolder();
  const first = await start(folder);
  await query(first.url(), "create table kept as select 8 as number");
  process.kill(first.pid ?? 0, "SIGKILL");
  await first.ended;
  expect(existsSync(join(folder, "cluster", "postmaster.pid"))).toBe(true);
  await first.stop();
  const second = await start(folder);
  expect(await query(second.url(), "select number from kept")).toEqual([{ number: 8 }]);
});

test("the server ends with a parent that gets SIGKILL, and the folder can be used at once", async () => {
  const folder = temporaryFolder();
  const parent = spawn(process.execPath, [join(import.meta.dirname, "postgres.fixture.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = await new Promise<number>((resolve) => parent.stdout.once("data", (data) => resolve(Number(data))));
  const ended = once(parent, "exit");
  parent.kill("SIGKILL");
  await ended;
  const second = await start(folder);
  expect(await query(second.url(), "select 1 as one")).toEqual([{ one: 1 }]);
  await gone(pid);
  expect(readFileSync(join(folder, "cluster", "postmaster.pid"), "utf8")).toMatch(new RegExp(`^${second.pid}\n`));
});
