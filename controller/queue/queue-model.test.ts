/**
 * Whatever happens, the queue manager starts what the reference starts, in the same order. Each seed is a queue with its
 * settings and a history; a red one prints its seed and the shortest history found that is red too. `QUEUE_SEEDS=1000`
 * tries more of them, `QUEUE_SEED=17` one.
 */
import { test } from "vitest";
import { createTestDatabase } from "../store/test-database.ts";
import { kinds, type Operation, type Run, runHistory, specOf } from "./queue-model.fixture.ts";

const limits = { operations: 40, shrinkRuns: 60 } as const;

const one = process.env["QUEUE_SEED"];
const count = Number(process.env["QUEUE_SEEDS"] ?? 28);
const seeds = one === undefined ? Array.from({ length: count }, (_, at) => at + 1) : [Number(one)];

test("what starts, and in which order, is what the reference says", {
  timeout: 60_000 + seeds.length * 20_000,
}, async () => {
  await using store = await createTestDatabase();
  for (const seed of seeds) await check(seed, store.database);
});

async function check(seed: number, database: Run["database"]): Promise<void> {
  const random = numbersOf(seed);
  const spec = randomSpec(random);
  const history = Array.from({ length: limits.operations }, () => randomOperation(random));
  let runs = 0;
  const run = (tried: readonly Operation[]) => {
    runs += 1;
    const queue = `q${seed}_${runs}`;
    return runHistory({ database, queue, spec: specOf(queue, spec) }, tried);
  };
  const difference = await run(history);
  if (difference === undefined) return;
  const shortest = await shrink(history, async (tried) => runs < limits.shrinkRuns && (await run(tried)) !== undefined);
  const told = shortest.map(({ kind, numbers }) => `${kind} ${numbers.map((number) => number.toFixed(3)).join(" ")}`);
  const said = (await run(shortest)) ?? `the whole history alone is red: ${difference}`;
  throw new Error([`seed ${seed}: ${said}`, JSON.stringify(spec), ...told].join("\n"));
}

/** Leaves out what is not needed for a red one, halves first. */
async function shrink(
  history: readonly Operation[],
  isRed: (tried: readonly Operation[]) => Promise<boolean>,
): Promise<readonly Operation[]> {
  let shortest = history;
  for (let size = Math.ceil(history.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < shortest.length; ) {
      const tried = shortest.toSpliced(at, size);
      if (await isRed(tried)) shortest = tried;
      else at += size;
    }
  }
  return shortest;
}

type Random = () => number;

const randomOperation = (random: Random): Operation => ({
  kind: pick(random, kinds),
  numbers: [random(), random(), random()],
});

function randomSpec(random: Random): object {
  const type = pick(random, ["fifo", "lifo", "priority", "deadline"] as const);
  const fairShare = maybe(random, () => randomShare(random));
  const ageing = maybe(random, () => ({
    ...{ every: "10s", by: 1 + Math.floor(random() * 2) },
    // Whose first one is first changes with time there, and the order of equal shares with it.
    ...(fairShare === undefined && random() < 0.5 && { max: 2 }),
  }));
  const max = maybe(random, () => 1 + Math.floor(random() * 4));
  const perPipeline = maybe(random, () => 1 + Math.floor(random() * 2));
  const perKey = maybe(random, () => ({ key: "who", max: 1 + Math.floor(random() * 2) }));
  const rateLimit = maybe(random, () => ({ limit: 2, period: "10s", ...(random() < 0.5 && { key: "who", burst: 1 }) }));
  const throttle = maybe(random, () => "3s", 0.2);
  const retry = {
    maxAttempts: 3,
    ...pick(random, [{ strategy: "immediate" }, { strategy: "fixed", base: "5s" }] as const),
  };
  return {
    ...{ type, retry, concurrency: defined({ max, perPipeline, perKey }), deadline: { unmeetable: "run" } },
    ...(type === "priority" && ageing !== undefined && { priority: { ageing } }),
    ...defined({ fairShare, rateLimit, throttle }),
  };
}

const randomShare = (random: Random) =>
  random() < 0.5
    ? { by: "pipeline", weights: { "test#A": 2, "test#B": 0.5 } }
    : { by: "key", key: "who", weights: random() < 0.5 ? {} : { x: 4 } };

const defined = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const maybe = <Value>(random: Random, make: () => Value, probability = 0.5): Value | undefined =>
  random() < probability ? make() : undefined;

function pick<Thing>(random: Random, things: readonly [Thing, ...Thing[]]): Thing {
  return things[Math.floor(random() * things.length)] ?? things[0];
}

/** At least 0 and below 1, by a seed (mulberry32). */
function numbersOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
