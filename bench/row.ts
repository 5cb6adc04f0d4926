import type { Percentiles } from "./percentiles.ts";

/** One measured quantity. `peer` is what stands beside it, measured in the same run. */
export interface Row {
  readonly name: string;
  readonly unit: "1/s" | "MB/s" | "ms" | "µs" | "%";
  readonly value: number;
  readonly percentiles?: Percentiles;
  /** What the value is the sum of. */
  readonly parts?: Readonly<Record<string, number>>;
  /** What the quantity must reach, at least for rates and at most for times and shares; and what is aimed at. */
  readonly floor?: number;
  readonly aim?: number;
  readonly peer?: { readonly name: string; readonly value: number };
}

const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });

/** A row as a person reads it: the value, the goals, and the ratio against the peer. */
export function formatRow(row: Row): string {
  const spread = row.percentiles && `p50 ${number(row.percentiles.p50)}, p99 ${number(row.percentiles.p99)} ms`;
  const parts = [
    row.name.padEnd(36),
    (spread ?? `${number(row.value)} ${row.unit}`).padEnd(28),
    row.floor === undefined ? "" : `floor ${number(row.floor)}${isMet(row, row.floor) ? "" : " NOT MET"}`,
    row.aim === undefined ? "" : `aim ${number(row.aim)}${isMet(row, row.aim) ? " met" : ""}`,
    row.peer === undefined
      ? ""
      : `${(row.value / row.peer.value).toFixed(2)} × ${row.peer.name} (${number(row.peer.value)})`,
    Object.entries(row.parts ?? {})
      .map(([name, value]) => `${name} ${number(value)}`)
      .join(", "),
  ];
  return parts.filter((part) => part !== "").join("  ");
}

export const isMet = (row: Row, goal: number): boolean => (isRate(row) ? row.value >= goal : row.value <= goal);

const isRate = ({ unit }: Row): boolean => unit === "1/s" || unit === "MB/s";
