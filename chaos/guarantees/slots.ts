/**
 * G15: places of a queue never leak and are never counted wrong, whatever is killed while they are all taken. User code
 * writes down when it began and ended: never more at once than the queue allows, and at the end as many as it allows.
 */
import type { JsonObject } from "@bufbuild/protobuf";
import type { ChaosWorld } from "../chaos-world.ts";
import type { Guarantee } from "../guarantee.ts";
import { killAround } from "../faults.ts";
import type { Entry } from "../journal.ts";
import { Load } from "../load.ts";

/** As `pipelines/work/slots.yaml` declares them. */
const places = { all: 3, ofKey: 2 } as const;
const groups = ["a", "b", "c"] as const;
/** Longer than a killed controller takes to come back, so that it finds places taken. */
const longestHoldMs = 4_000;
/** As much work as the places do, and some more: they are full most of the time, and what waits stays little. */
const sendChance = 0.15;
/** Enough for all of a burst to be there at once, also on a slow machine. */
const burstHoldMs = 3_000;
/** A place that a lost answer left in doubt is looked for with each renewal of leases. */
const bursts = 4;

export const slotsAreKept: Guarantee = {
  id: "G15",
  title: "places never leak or miscount",
  faults: 50,
  async run(world, random, faults) {
    const load = new Load(world, "Slotted");
    let sent = 0;
    const next = () => {
      if (!random.chance(sendChance)) return [];
      sent += 1;
      return [event(world, `slot-${random.pick(groups)}-${sent}`, random.integer(100, longestHoldMs))];
    };
    const sending = load.run(next);
    const hits = await killAround(world, random, faults, ["agent", "controller", "postgres", "worker"]).finally(() =>
      load.stop(),
    );
    await sending;
    const outcomes = await load.outcomes();
    const missing = await missingPlaces(world);
    const spans = spansOf(world.journal.entries());
    const most = mostAtOnce(spans);
    const violations = [
      ...load.violations,
      ...(most > places.all ? [`${most} ran at once of ${places.all}`] : []),
      ...groups.flatMap((group) => {
        const ofKey = mostAtOnce(spans.filter(({ key }) => key.startsWith(`slot-${group}-`)));
        return ofKey > places.ofKey ? [`${ofKey} of the key '${group}' ran at once of ${places.ofKey}`] : [];
      }),
      ...missing,
    ];
    return {
      faults: hits,
      load: outcomes.size,
      violations,
      ...(most < places.all && { isVoid: `at most ${most} ran at once: the places were never all taken` }),
    };
  },
};

const event = (world: ChaosWorld, key: string, holdMs: number): { key: string; inputs: JsonObject } => ({
  key,
  inputs: { folder: world.shared, key, group: key.split("-")[1] ?? "", hold_ms: holdMs },
});

/** Whether all places are there when nothing else runs: of the queue, and of one key. */
async function missingPlaces(world: ChaosWorld): Promise<string[]> {
  const asked = [
    { what: "places", of: groups, all: places.all },
    { what: "places of a key", of: ["a", "a", "a"], all: places.ofKey },
  ];
  const missing: string[] = [];
  for (const { what, of, all } of asked) {
    let most = 0;
    for (let burst = 1; burst <= bursts && most < all; burst += 1) most = await fill(world, of, `${all}${burst}`);
    if (most !== all) missing.push(`${all} ${what} are declared, and ${most} are there`);
  }
  return missing;
}

async function fill(world: ChaosWorld, of: readonly string[], name: string): Promise<number> {
  const load = new Load(world, "Slotted");
  const keys = of.map((group, at) => `full-${group}-${name}-${at}`);
  await Promise.all(keys.map((key) => load.send(event(world, key, burstHoldMs))));
  await load.outcomes();
  return mostAtOnce(spansOf(world.journal.entries()).filter(({ key }) => keys.includes(key)));
}

interface Span {
  readonly key: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What began and ended. An attempt that was killed ended unseen: it counts as long as it is known to have run, not at all. */
function spansOf(entries: readonly Entry[]): Span[] {
  const begun = new Map<string, number>();
  return entries.flatMap(({ word, key, atMs }) => {
    const fromMs = begun.get(key);
    if (word === "start") begun.set(key, atMs);
    if (word !== "end" || fromMs === undefined) return [];
    begun.delete(key);
    return [{ key, fromMs, toMs: atMs }];
  });
}

function mostAtOnce(spans: readonly Span[]): number {
  const edges = spans.flatMap(({ fromMs, toMs }) => [
    { atMs: fromMs, by: 1 },
    { atMs: toMs, by: -1 },
  ]);
  let running = 0;
  let most = 0;
  for (const { by } of edges.toSorted((a, b) => a.atMs - b.atMs || a.by - b.by)) {
    running += by;
    most = Math.max(most, running);
  }
  return most;
}
