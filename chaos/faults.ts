import type { ChaosWorld, Target } from "./chaos-world.ts";
import type { Random } from "./random.ts";
import { pause } from "./wait.ts";

/**
 * Kills one after the other at seeded times. Mostly the system is whole before the next one; sometimes a program is hit
 * while another is still coming back. Each target has its turn before one comes again. Answers how many hit.
 */
export async function killAround(
  world: ChaosWorld,
  random: Random,
  kills: number,
  targets: readonly [Target, ...Target[]],
): Promise<number> {
  let hits = 0;
  let next: Target[] = [];
  while (hits < kills) {
    if (random.chance(0.75)) await world.whole();
    await pause(random.integer(100, 1_500));
    if (next.length === 0) next = random.shuffle(targets);
    if (world.kill(next.pop() ?? targets[0], random)) hits += 1;
  }
  await world.whole();
  return hits;
}
