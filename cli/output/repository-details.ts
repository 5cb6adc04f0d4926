import type { Condition, Repository } from "@polyglot/contracts/service";
import { diagnosticText } from "./diagnostic-text.ts";

/** Why the newest commit is not in force, down to the place in the file. */
export function repositoryDetails(row: Repository): string[] {
  const reasons = row.conditions
    .filter(isBadNews)
    .map((one) => `${row.name}: ${one.type} is ${one.status} (${one.reason}): ${one.message}`);
  return [...reasons, ...row.diagnostics.map((found) => diagnosticText(found))];
}

const isBadNews = ({ type, status }: Condition): boolean =>
  type === "Ready" || type === "Prepared" ? status === "False" : type !== "Reconciling" && status === "True";
