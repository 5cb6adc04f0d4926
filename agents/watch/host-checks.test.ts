import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileChecks } from "./file-checks.ts";
import { HostChecks } from "./host-checks.ts";
import { networkChecks } from "./network-checks.ts";

let folder: string;
const listening = createServer();
const closed = createServer();
let openPort: number;
let closedPort: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "checks-"));
  await writeFile(join(folder, "a.txt"), "");
  await utimes(join(folder, "a.txt"), new Date(), new Date("2020-01-01T00:00:00Z"));
  openPort = await portOf(listening);
  closedPort = await portOf(closed);
  await new Promise((resolve) => closed.close(resolve));
});
afterAll(async () => {
  await new Promise((resolve) => listening.close(resolve));
  await rm(folder, { recursive: true });
});

function portOf(server: typeof listening): Promise<number> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

const never = new AbortController().signal;
const time = (text: string) => ({ $datetime: text });

test.each<[string, () => Record<string, unknown>, boolean]>([
  ["T.Check.File.Exists", () => ({ path: "a.txt" }), true],
  ["T.Check.File.Exists", () => ({ path: "." }), false],
  ["T.Check.File.Exists", () => ({ path: "a.txt/b" }), false],
  ["T.Check.Directory.Exists", () => ({ path: "." }), true],
  ["T.Check.File.Modified.After", () => ({ path: "a.txt", time: time("2019-01-01T00:00:00Z") }), true],
  ["T.Check.File.Modified.After", () => ({ path: "a.txt", time: time("2021-01-01T00:00:00Z") }), false],
  ["T.Check.File.Modified.After", () => ({ path: "no.txt", time: time("2019-01-01T00:00:00Z") }), false],
  ["T.System.Resource.Network.Local.Available", () => ({ host: `127.0.0.1:${openPort}` }), true],
  ["T.System.Resource.Network.Local.Available", () => ({ host: `127.0.0.1:${closedPort}` }), true],
  ["T.System.Resource.Network.Internet.Available", () => ({ host: "nowhere.invalid:1" }), false],
])("%s of this host (%#)", async (name, given, expected) => {
  const check = { ...fileChecks(folder), ...networkChecks }[name];
  expect(await check?.look(given(), {}, never)).toBe(expected);
});

test("readings are of what is asked now, and say why a check could not be looked at", async () => {
  const looked = Promise.withResolvers<void>();
  const broken = {
    periodMs: 1,
    look: () => {
      setImmediate(looked.resolve);
      return Promise.reject(new Error("the disk is away"));
    },
  };
  const checks = new HostChecks({ checks: { broken }, clock: systemClock, logger: silentLogger });
  await checks.start();
  checks.update([{ key: "k", name: "broken", arguments: new TextEncoder().encode("{}"), runtimes: {} }]);
  await looked.promise;
  expect(checks.readings).toEqual([{ key: "k", holds: false, problem: "the disk is away" }]);
  checks.update([]);
  expect(checks.readings).toEqual([]);
  await checks.stop();
});
