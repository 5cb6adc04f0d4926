import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { plainValue } from "../convert/held-value.ts";
import { AgentMemory } from "./shared-memory.ts";

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "polyglot-memory-"));
});
afterAll(() => rm(parent, { recursive: true }));

function open(dataFolder: string): AgentMemory {
  const memory = AgentMemory.open(dataFolder, parent);
  if (memory instanceof Error) throw memory;
  return memory;
}

/** As a worker writes it. */
async function write(offer: { readonly folder: string; readonly prefix: string }, elements: Float64Array) {
  const name = `${offer.prefix}0`;
  await writeFile(join(offer.folder, name), elements);
  return `{"$shared":["${name}","f8",[${elements.length}]]}`;
}

it("what an agent that was killed has left is gone when it starts again, another agent's is not", async () => {
  const [killed, other] = [open("/data/a"), open("/data/b")];
  for (const memory of [killed, other]) await write(memory.of("x 1").offer(), new Float64Array(4));
  const again = open("/data/a");
  expect(again.folder).toBe(killed.folder);
  expect(await readdir(again.folder)).toEqual([]);
  expect(await readdir(other.folder)).toHaveLength(1);
});

it("workers find names that they know, and list none", async () => {
  expect(((await stat(open("/data/c").folder)).mode & 0o7777).toString(8)).toBe("1733");
});

it("where there is no such memory, it says so", () => {
  expect(AgentMemory.open("/data/d", join(parent, "missing"))).toBeInstanceOf(Error);
});

it("bytes that values hold leave less room, until the attempt's end", async () => {
  const memory = open("/data/e");
  const attempt = memory.of("x 1");
  const { roomBytes } = attempt.offer();
  const held = attempt.hold(await write(attempt.offer(), Float64Array.of(0.5, 1.5)));
  expect(plainValue(held)).toEqual([0.5, 1.5]);
  expect(attempt.offer().roomBytes).toBe(roomBytes - 16);
  memory.end("x 1");
  expect(memory.of("x 1").offer().roomBytes).toBe(roomBytes);
  expect(await readdir(memory.folder)).toEqual([]);
});

it("an attempt holds no other one's memory, and nothing beyond a file's end", async () => {
  const memory = open("/data/f");
  const foreign = await write(memory.of("x 1").offer(), new Float64Array(4));
  expect(() => memory.of("y 1").hold(foreign)).toThrow("no shared memory of this attempt");
  expect(() => memory.of("x 1").hold(foreign.replace("[4]", "[5]"))).toThrow("shorter than the 40 bytes");
  expect(() => memory.of("x 1").hold('{"$shared":["../secret","f8",[1]]}')).toThrow("no reference to shared memory");
});
