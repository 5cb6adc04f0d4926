import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterEach, expect, test } from "vitest";
import { type FileOccurrence, FileWatcher } from "./file-watcher.ts";

/** A watcher on a folder of its own, and what it told. */
class World {
  readonly root = mkdtempSync(join(tmpdir(), "polyglot-watch-"));
  readonly told: FileOccurrence[] = [];
  readonly watcher: FileWatcher;
  waiting = 0;
  asked: () => void = () => undefined;
  #wake: () => void = () => undefined;

  constructor(options: { settleMs?: number; rescanMs?: number } = {}) {
    this.watcher = new FileWatcher({
      dataRoot: this.root,
      clock: systemClock,
      logger: silentLogger,
      settleMs: options.settleMs ?? 50,
      rescanMs: options.rescanMs ?? 30_000,
      waitingOccurrences: () => {
        this.asked();
        return this.waiting;
      },
      onOccurrence: (occurrence) => {
        this.told.push(occurrence);
        this.#wake();
      },
    });
  }

  async watch(pattern: string): Promise<void> {
    await this.watcher.update([{ pipelineId: "a>b#P", triggerKey: "t", pattern }]);
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  write(name: string, text = name): void {
    writeFileSync(this.path(name), text);
  }

  async until(count: number): Promise<string[]> {
    while (this.told.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.told.map(({ event, path }) => `${event} ${path.slice(this.root.length + 1)}`);
  }
}

const worlds: World[] = [];
async function begin(options?: ConstructorParameters<typeof World>[0]): Promise<World> {
  const world = new World(options);
  worlds.push(world);
  await world.watcher.start();
  return world;
}

afterEach(async () => {
  for (const world of worlds.splice(0)) {
    await world.watcher.stop();
    rmSync(world.root, { recursive: true });
  }
});

test("files that were there before the watch are created ones", async () => {
  const world = await begin();
  world.write("a.csv");
  await world.watch("*.csv");
  expect(await world.until(1)).toEqual(["created a.csv"]);
});

test("a file is told of once it is whole, with the size that it then has", async () => {
  const world = await begin({ settleMs: 150 });
  await world.watch("*.csv");
  world.write("a.csv", "");
  // A slow writer, which is what this is about: slower than an event, faster than the settle time.
  for (let part = 0; part < 20; part += 1) {
    appendFileSync(world.path("a.csv"), "0123456789");
    await systemClock.sleep(20);
  }
  await world.until(1);
  expect(world.told).toMatchObject([{ event: "created", size: 200, path: world.path("a.csv") }]);
});

test("created, modified and deleted are told apart, replacing by rename included", async () => {
  const world = await begin();
  await world.watch("*.csv");
  world.write("a.csv");
  await world.until(1);
  world.write("a.csv", "longer than before");
  await world.until(2);
  world.write("new", "another file");
  renameSync(world.path("new"), world.path("a.csv"));
  await world.until(3);
  rmSync(world.path("a.csv"));
  expect(await world.until(4)).toEqual(["created a.csv", "modified a.csv", "modified a.csv", "deleted a.csv"]);
});

test("two watches of one file are each told of everything: what fires is decided where the ledger is", async () => {
  const world = await begin();
  const watch = (triggerKey: string) => ({ pipelineId: "a>b#P", triggerKey, pattern: "*.csv" });
  await world.watcher.update([watch("one"), watch("two")]);
  world.write("a.csv");
  await world.until(2);
  rmSync(world.path("a.csv"));
  await world.until(4);
  expect(world.told.map(({ triggerKey, event }) => `${triggerKey} ${event}`).sort()).toEqual([
    "one created",
    "one deleted",
    "two created",
    "two deleted",
  ]);
});

test("folders that appear later are watched, those of tools never", async () => {
  const world = await begin();
  await world.watch("in/**/*.csv");
  mkdirSync(world.path("in", "deep", "er"), { recursive: true });
  mkdirSync(world.path("in", "node_modules"));
  world.write("in/node_modules/x.csv");
  world.write("in/deep/er/a.csv");
  expect(await world.until(1)).toEqual(["created in/deep/er/a.csv"]);
});

test("a look at everything finds what no event told", async () => {
  const world = await begin({ rescanMs: 50 });
  // chokidar never sees the inside of a folder that is a link; the link to a file is no event of the file.
  await world.watch("*.csv");
  const outside = mkdtempSync(join(tmpdir(), "polyglot-watch-outside-"));
  writeFileSync(join(outside, "x"), "1");
  symlinkSync(join(outside, "x"), world.path("a.csv"));
  await world.until(1);
  writeFileSync(join(outside, "x"), "changed");
  expect(await world.until(2)).toEqual(["created a.csv", "modified a.csv"]);
  rmSync(outside, { recursive: true });
});

test("a watch that stays keeps what it has told; a new one begins anew", async () => {
  const world = await begin();
  const watch = (triggerKey: string) => ({ pipelineId: "a>b#P", triggerKey, pattern: "*.csv" });
  await world.watcher.update([watch("one")]);
  world.write("a.csv");
  await world.until(1);
  await world.watcher.update([watch("one"), watch("two")]);
  await world.until(2);
  expect(world.told.map(({ triggerKey }) => triggerKey)).toEqual(["one", "two"]);
});

test("with too many occurrences on their way none is made, and none is lost", async () => {
  const world = await begin({ rescanMs: 100 });
  world.waiting = 100_000;
  await world.watch("*.csv");
  const asked = new Promise<void>((resolve) => (world.asked = resolve));
  world.write("a.csv");
  await asked;
  expect(world.told).toEqual([]);
  world.waiting = 0;
  expect(await world.until(1)).toEqual(["created a.csv"]);
});

test("10,000 files dropped at once are told of once each", async () => {
  const world = await begin();
  await world.watch("**/*.csv");
  mkdirSync(world.path("in"));
  for (let index = 0; index < 10_000; index += 1) world.write(`in/${index}.csv`, "1");
  await world.until(10_000);
  world.write("in/last.csv");
  await world.until(10_001);
  expect(new Set(world.told.map(({ path }) => path)).size).toBe(10_001);
  expect(world.told).toHaveLength(10_001);
});
