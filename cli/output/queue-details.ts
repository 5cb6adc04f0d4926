import type { Queue } from "@polyglot/contracts/service";
import { stringify } from "yaml";

/** What is declared of it, with the defaults, and who spoke last. */
export function queueDetails({ spec, changedBy }: Queue): string[] {
  const said = changedBy === "" ? [] : ["", `last changed by ${changedBy}`];
  if (spec === undefined) return [...said, "", "nothing declares it: it has the defaults"];
  return [...said, "", ...stringify(spec).trimEnd().split("\n")];
}
