/** A span of time as people say it: `850 ms`, `12 s`, `4 min`, `3 h`, `2 d`. Pure. */
export function spanText(milliseconds: number): string {
  const [size, unit] = units.find(([, , below]) => milliseconds < below) ?? [86_400_000, "d"];
  const amount = Math.max(0, milliseconds) / size;
  return `${amount < 10 && size > 1 ? Number(amount.toFixed(1)) : Math.round(amount)} ${unit}`;
}

/** Unit, its name, and from where on the next one is used. */
const units: readonly (readonly [number, string, number])[] = [
  [1, "ms", 1_000],
  [1_000, "s", 120_000],
  [60_000, "min", 7_200_000],
  [3_600_000, "h", 172_800_000],
];
