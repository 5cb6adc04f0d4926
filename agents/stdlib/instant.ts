/** Points in time as nanoseconds since the epoch: a `Date` would cut what is below a millisecond. */
const nanosPerSecond = 1_000_000_000n;

/** ISO 8601 in UTC, as canonical date-times are written. */
export function nanosecondsOf(text: string): bigint {
  const [, whole = "", fraction = ""] = /^([^.]*?)(?:\.(\d+))?Z$/.exec(text) ?? [];
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
}

export function instantOf(nanoseconds: bigint): string {
  const fraction = ((nanoseconds % nanosPerSecond) + nanosPerSecond) % nanosPerSecond;
  const seconds = new Date(Number((nanoseconds - fraction) / 1_000_000n)).toISOString().slice(0, 19);
  const digits = fraction === 0n ? "" : `.${String(fraction).padStart(9, "0").replace(/0+$/, "")}`;
  return `${seconds}${digits}Z`;
}

/** Calendar months later; a day that the month does not have is its last one. */
export function addMonths(nanoseconds: bigint, months: number): bigint {
  const milliseconds = nanoseconds / 1_000_000n;
  const date = new Date(Number(milliseconds));
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return BigInt(date.getTime()) * 1_000_000n + (nanoseconds - milliseconds * 1_000_000n);
}

export const nanosecondsOfSeconds = (seconds: number): bigint => BigInt(Math.round(seconds * 1e9));
