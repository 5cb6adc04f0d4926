/** A short slice of `npm run chaos`: a few kills of each kind. What needs a lease to run out is left to the long runs. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ChaosWorld } from "./chaos-world.ts";
import { guarantees } from "./guarantees/index.ts";
import { Random } from "./random.ts";

const seed = 20_261;
/** Faults, and the executions that they need. */
const slice = { G1: [2, 2], G2: [120, 40], G5: [2, 2], G7: [1, 1], G8: [1, 1], G9: [6, 6] } as const;

let world: ChaosWorld;

beforeAll(async () => {
  world = await ChaosWorld.start(() => undefined);
});

afterAll(() => world[Symbol.asyncDispose]());

test.each(Object.entries(slice).map(([id, [faults, load]]) => ({ id, faults, load })))(
  "$id holds over $faults faults",
  async ({ id, faults, load }) => {
    const guarantee = guarantees.find((one) => one.id === id);
    if (guarantee === undefined) throw new Error(`no guarantee ${id}`);
    const verdict = await guarantee.run(world, new Random(seed), faults);
    expect([...verdict.violations, ...world.crashes]).toEqual([]);
    expect(verdict.load).toBeGreaterThanOrEqual(load);
  },
  120_000,
);
