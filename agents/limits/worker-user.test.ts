import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { chooseWorkerUser } from "./worker-user.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "polyglot-user-"));
});
afterEach(() => rm(folder, { recursive: true }));

const isRoot = process.getuid?.() === 0;

it("an agent that is not root runs workers as itself, and says so", async () => {
  const user = await chooseWorkerUser(1000, true, { read: [], traverse: [], write: [] });
  expect(user.setpriv).toEqual([]);
  expect(user.reason).toMatch(/not root/);
});

it.runIf(isRoot)("root's workers are another user where that user reaches what they need", async () => {
  await chmod(folder, 0o777);
  const user = await chooseWorkerUser(0, true, { read: [folder], traverse: [folder], write: [folder] });
  expect(user.owner).toEqual({ uid: 65_534, gid: 65_534 });
  expect(user.reason).toBeUndefined();
});

it.runIf(isRoot)("root's workers are root without capabilities where no other user reaches a folder", async () => {
  await chmod(folder, 0o700);
  const user = await chooseWorkerUser(0, true, { read: [folder], traverse: [], write: [] });
  expect(user.owner).toBeUndefined();
  expect(user.setpriv).toContain("--bounding-set=-all");
  expect(user.reason).toContain(folder);
});

it.runIf(isRoot)("a data folder that can be read and not written is no reason to pretend", async () => {
  await chmod(folder, 0o755);
  const user = await chooseWorkerUser(0, true, { read: [], traverse: [], write: [folder] });
  expect(user.reason).toBe(`user 65534 cannot reach ${folder} for writing`);
});
