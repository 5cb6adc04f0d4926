import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FolderLock } from "./folder-lock.ts";
import { processStart } from "./process-start.ts";

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function lock(folder: string): FolderLock {
  const result = FolderLock.acquire(folder);
  if (result.kind === "held") throw new Error(`held by ${result.pid}`);
  return result.lock;
}

test("a released lock can be taken again and leaves no file", () => {
  const folder = createFolder();
  lock(folder).release();
  lock(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});

test("a lock of a living process is held by it", () => {
  const folder = createFolder();
  const sleeper = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  onTestFinished(() => void sleeper.kill());
  const pid = sleeper.pid ?? 0;
  writeFileSync(join(folder, "lock"), JSON.stringify({ pid, started: processStart(pid) }));
  expect(FolderLock.acquire(folder)).toEqual({ kind: "held", pid });
});

test("a lock of a process that is gone is stale", () => {
  const folder = createFolder();
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(join(folder, "lock"), JSON.stringify({ pid, started: "1" }));
  expect(FolderLock.acquire(folder).kind).toBe("locked");
});

test("a lock whose number another process has now is stale", () => {
  const folder = createFolder();
  writeFileSync(join(folder, "lock"), JSON.stringify({ pid: process.ppid, started: "1" }));
  expect(FolderLock.acquire(folder).kind).toBe("locked");
});

test("a damaged lock is stale", () => {
  const folder = createFolder();
  writeFileSync(join(folder, "lock"), "{");
  expect(FolderLock.acquire(folder).kind).toBe("locked");
});
