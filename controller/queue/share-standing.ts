/** Why one of those who share a queue is not next. Pure: `why` and tests ask it. */

export interface ShareStanding {
  readonly name: string;
  readonly weight: number;
  readonly waiting: number;
  readonly running: number;
}

/**
 * Whose part of the places goes before a share's, with the numbers; undefined: nobody's. `places`: how many run at once in
 * the queue. Among those that wait, whoever would still be within its part goes first, the one furthest below it before all.
 */
export function blockingShare(shares: readonly ShareStanding[], own: string, places: number): string | undefined {
  const waiting = shares.filter((share) => share.waiting > 0 || share.name === own);
  const self = waiting.find(({ name }) => name === own);
  const whole = waiting.reduce((sum, { weight }) => sum + weight, 0);
  const before = waiting
    .filter((share) => self !== undefined && rankOf(share) < rankOf(self) && rankOf(share) * whole <= places)
    .sort((a, b) => rankOf(a) - rankOf(b))[0];
  if (self === undefined || before === undefined) return undefined;
  return `${standing(self, whole, places)}; ${standing(before, whole, places)}, and goes first`;
}

/** The places that it would have by weight with one more. */
const rankOf = ({ running, weight }: ShareStanding): number => (running + 1) / weight;

const standing = ({ name, weight, running }: ShareStanding, whole: number, places: number): string =>
  `'${name}' has ${running} running, and its part is ${((weight / whole) * places).toFixed(1)} places`;
