import type { Condition, Repository } from "@polyglot/contracts/service";
import { diagnosticText } from "./diagnostic-text.ts";

/** Why the newest commit is not in force, down to the place in the file. */
export function repositoryDetails(row: Repository): string[] {
  const reasons = row.conditions
    .filter(isBadNews)
    .map((one) => `${row.name}: ${one.type} is ${one.status} (${one.reason}): ${one.message}`);
  return [...reasons, ...pruneLines(row), ...row.diagnostics.map((found) => diagnosticText(found))];
}

/** What is to be looked at before it goes. */
function pruneLines({ name, awaitingPrune, pruneHash }: Repository): string[] {
  if (pruneHash === "") return [];
  const head = `${name}: left the repository and stays until: polyglot reconcile ${name} --confirm-prune ${pruneHash}`;
  return [head, ...awaitingPrune.map((object) => `    - ${object}`)];
}

const isBadNews = ({ type, status }: Condition): boolean =>
  type === "Ready" || type === "Prepared" ? status === "False" : type !== "Reconciling" && status === "True";
