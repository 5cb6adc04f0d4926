/** Whole numbers from 0 to below the limit; the same seed gives the same ones. */
export type Random = (below: number) => number;

/** Mulberry32: small, seeded, good enough to choose fragments. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export const choose = <Item>(items: readonly [Item, ...Item[]], random: Random): Item =>
  items[random(items.length)] ?? items[0];
