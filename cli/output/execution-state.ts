import type { Execution } from "@polyglot/contracts/service";
import { shortenEnd } from "./shorten.ts";

const messageCharacters = 48;

/** `waiting for approval: ship it?`, or the state alone. */
export function executionState({ state, approvals }: Execution): string {
  const [first, ...others] = approvals;
  if (state !== "waiting" || first === undefined) return state;
  const message = first.message === "" ? first.nodeId : first.message.replaceAll(/\s+/g, " ");
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `waiting for approval: ${shortenEnd(message, messageCharacters)}${more}`;
}
