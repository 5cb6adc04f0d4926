/** What values cost between languages, all steps of an attempt together; the way that took longest first. */
import type { BorderCost, StepSummary } from "@polyglot/contracts/service";
import { formatBytes, formatDuration } from "./amounts.ts";

/** Ways that are shown; the others took less. */
const maxShown = 12;

type Sum = Pick<BorderCost, "from" | "to" | "bytes" | "sharedBytes" | "ms">;

export function drawBorders(steps: readonly StepSummary[]): string[] {
  const sums = new Map<string, Sum>();
  for (const border of steps.flatMap(({ metrics }) => metrics?.borders ?? [])) {
    const way = `${border.from} → ${border.to}`;
    sums.set(way, plus(sums.get(way), border));
  }
  const sorted = [...sums].sort(([, a], [, b]) => b.ms - a.ms).slice(0, maxShown);
  return sorted.length === 0 ? [] : ["values between languages:", ...sorted.map(([way, sum]) => lineOf(way, sum))];
}

const plus = (before: Sum | undefined, border: Sum): Sum => ({
  from: border.from,
  to: border.to,
  bytes: (before?.bytes ?? 0) + border.bytes,
  sharedBytes: (before?.sharedBytes ?? 0) + border.sharedBytes,
  ms: (before?.ms ?? 0) + border.ms,
});

function lineOf(way: string, { bytes, sharedBytes, ms }: Sum): string {
  const shared = sharedBytes === 0 ? "" : `, ${amountOf(sharedBytes)} of it in shared memory`;
  return `  ${way.padEnd(11)}  ${formatDuration(ms).padStart(7)}  ${amountOf(bytes)}${shared}`;
}

const amountOf = (bytes: number): string => formatBytes(BigInt(Math.round(bytes)));
