import { type Guarantee, namedViolations, type Verdict } from "./guarantee.ts";

export interface Line {
  readonly guarantee: Pick<Guarantee, "id" | "title">;
  readonly seed: number;
  readonly verdict: Verdict;
}

type Result = "holds" | "BROKEN" | "void";

export const resultOf = ({ violations, isVoid }: Verdict): Result =>
  violations.length > 0 ? "BROKEN" : isVoid === undefined ? "holds" : "void";

const heads = ["", "guarantee", "seed", "faults", "load", "violations", ""] as const;

/** The table that a run ends with, and below it what was broken. */
export function formatReport(lines: readonly Line[]): string {
  const rows = lines.map(({ guarantee, seed, verdict }) => [
    guarantee.id,
    guarantee.title,
    String(seed),
    String(verdict.faults),
    String(verdict.load),
    String(verdict.violations.length),
    resultOf(verdict),
  ]);
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const format = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return [format(heads), ...rows.map(format), ...lines.flatMap(details)].join("\n");
}

/** What was measured, what was broken, as far as it is named, and why nothing was shown. */
export function details({ guarantee, verdict }: Line): readonly string[] {
  const named = verdict.violations.slice(0, namedViolations);
  const left = verdict.violations.length - named.length;
  return [
    ...(verdict.figures ?? []).map((figure) => `${guarantee.id}: ${figure}`),
    ...named.map((violation) => `${guarantee.id}: ${violation}`),
    ...(left > 0 ? [`${guarantee.id}: and ${left} more`] : []),
    ...(verdict.isVoid === undefined ? [] : [`${guarantee.id} shows nothing: ${verdict.isVoid}`]),
  ];
}
