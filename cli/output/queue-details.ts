import type { Queue, QueueShare } from "@polyglot/contracts/service";
import { stringify } from "yaml";

/** What is declared of it, with the defaults, who shares it, and who spoke last. */
export function queueDetails({ spec, changedBy, shares }: Queue): string[] {
  const said = [...(changedBy === "" ? [] : ["", `last changed by ${changedBy}`]), ...sharesText(shares)];
  if (spec === undefined) return [...said, "", "nothing declares it: it has the defaults"];
  return [...said, "", ...stringify(spec).trimEnd().split("\n")];
}

/** The part of each is by weight, of those that have something in the queue now. */
function sharesText(shares: readonly QueueShare[]): string[] {
  if (shares.length === 0) return [];
  const whole = shares.reduce((sum, { weight }) => sum + weight, 0);
  const rows = shares.map(({ name, weight, waiting, running }) => {
    const part = Math.round((weight / whole) * 100);
    return `  ${name === "" ? "(no key)" : name}: weight ${weight}, part ${part}%, ${waiting} waiting, ${running} running`;
  });
  return ["", "shared by", ...rows];
}
