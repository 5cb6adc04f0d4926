import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../store/test-database.ts";

const program = fileURLToPath(new URL("./controller.ts", import.meta.url));

let store: TestDatabase;
let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  store = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "polyglot-program-"));
  writeFileSync(join(folder, "token"), "x".repeat(43));
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function start(flags: readonly string[] = [], environment: Record<string, string> = {}): ChildProcess {
  const places = ["--database-url", store.url, "--data-dir", join(folder, "data")];
  const given = [program, ...places, "--local-token-file", join(folder, "token"), ...flags];
  const child = spawn(process.execPath, given, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the child has no standard output");
  for await (const line of createInterface({ input: child.stdout })) return line;
  return "";
}

test("it prints one line when it is ready, and a signal ends it in order", async () => {
  const child = start();
  const ready = JSON.parse(await firstLine(child)) as { ready: boolean; url: string; ca: string };
  expect(ready.ready).toBe(true);
  expect(ready.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(existsSync(ready.ca)).toBe(true);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  const left = await store.database.query({ name: "", text: "select from controllers" });
  expect(left).toEqual([]);
});

test("it ends when the process that started it is gone", async () => {
  const parent = spawn("sleep", ["3600"]);
  const child = start([], { POLYGLOT_PARENT_PID: String(parent.pid) });
  await firstLine(child);
  parent.kill("SIGKILL");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("two controllers start on an empty store at once", async () => {
  const lines = await Promise.all([start(), start(["--data-dir", join(folder, "other")])].map(firstLine));
  expect(lines.map((line) => line.startsWith('{"ready":true'))).toEqual([true, true]);
});

test("wrong usage ends with code 2, a store that is not there with 1", async () => {
  const wrong = start(["--listen", "nowhere"]);
  expect(await once(wrong, "exit")).toEqual([2, null]);
  const alone = start(["--database-url", "postgres://127.0.0.1:1/none"]);
  expect(await once(alone, "exit")).toEqual([1, null]);
});
