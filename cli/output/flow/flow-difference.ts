import { structuredPatch } from "diff";
import type { Plan } from "@polyglot/contracts";
import { flowLines } from "./flow-lines.ts";

/** Lines around a change that show where it stands. */
const context = 2;

/** Lines of the flow behind `-`, `+` or a blank; `…` where lines that are the same were left out. */
export function flowDifference(before: Plan | undefined, after: Plan | undefined): string[] {
  const text = (plan: Plan | undefined) => (plan === undefined ? "" : `${flowLines(plan).join("\n")}\n`);
  const { hunks } = structuredPatch("", "", text(before), text(after), "", "", { context });
  return hunks.flatMap(({ lines, oldStart, newStart }, at) => {
    const isFirst = at === 0 && Math.min(oldStart, newStart) <= 1;
    return [...(isFirst ? [] : ["…"]), ...lines.map((line) => `${line[0] ?? " "} ${line.slice(1)}`)];
  });
}
