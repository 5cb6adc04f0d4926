/** A short slice of `npm run chaos`: a few kills of each kind. What needs a lease to run out is left to the long runs. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ChaosWorld } from "./chaos-world.ts";
import { guarantees } from "./guarantees/index.ts";
import { Random } from "./random.ts";

const seed = 20_261;
const slice = { G1: 2, G5: 2, G7: 1, G8: 1, G9: 6 } as const;

let world: ChaosWorld;

beforeAll(async () => {
  world = await ChaosWorld.start(() => undefined);
});

afterAll(() => world[Symbol.asyncDispose]());

test.each(Object.entries(slice))(
  "%s holds over %i faults",
  async (id, faults) => {
    const guarantee = guarantees.find((one) => one.id === id);
    if (guarantee === undefined) throw new Error(`no guarantee ${id}`);
    const verdict = await guarantee.run(world, new Random(seed), faults);
    expect([...verdict.violations, ...world.crashes]).toEqual([]);
    expect(verdict.load).toBeGreaterThanOrEqual(faults);
  },
  120_000,
);
