import { ChaosWorld } from "./chaos-world.ts";
import type { Guarantee, Verdict } from "./guarantee.ts";
import { Random } from "./random.ts";
import { Overdue } from "./wait.ts";

/** Runs one guarantee against a system of its own. What never came counts as broken. */
export async function show(
  guarantee: Guarantee,
  seed: number,
  faults: number,
  onNews: (line: string) => void,
): Promise<Verdict> {
  await using world = await ChaosWorld.start(onNews, guarantee.pipelines);
  try {
    const verdict = await guarantee.run(world, new Random(seed), faults);
    return { ...verdict, violations: [...verdict.violations, ...world.crashes] };
  } catch (error) {
    if (!(error instanceof Overdue)) throw error;
    return { faults: 0, load: 0, violations: [error.message] };
  }
}
