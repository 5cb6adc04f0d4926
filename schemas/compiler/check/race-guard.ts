/** No race can compile: what an open branch binds is read by later branches only, and written by nobody else. */
import { problems } from "../diagnose/catalogue.ts";
import type { Span } from "../source/source-file.ts";
import type { Branch, BranchBlock } from "./branch-block.ts";
import type { CheckContext } from "./context.ts";
import type { Scope } from "./scope.ts";

interface Ownership {
  readonly owner: Branch;
  readonly block: BranchBlock;
}

export function guardRead(name: string, at: Span, context: CheckContext): void {
  const found = findOwner(name, context.scope);
  if (found === undefined) {
    if (context.scope.isLost(name)) context.findings.report(problems.lostByJoin, at, name);
    return;
  }
  const { owner, block } = found;
  const { current } = block;
  if (current === owner) return;
  // A join may cancel the owner, which a background branch would wait for in vain.
  const mayWait = current !== undefined && !current.isBackground;
  if (owner.isBackground) context.findings.report(problems.readFromBack, at, name);
  else if (!mayWait) context.findings.report(problems.raced, at, name, owner.label);
}

/** Before the name is bound. */
export function guardWrite(name: string, at: Span, context: CheckContext): void {
  const found = findOwner(name, context.scope, "own");
  if (found === undefined || found.block.current === found.owner) return;
  const current = found.block.current;
  if (current === undefined) context.findings.report(problems.raced, at, name, found.owner.label);
  else context.findings.report(problems.boundTwice, at, name, found.owner.label, current.label);
}

/** Names of an inline branch are its own copies, so writing asks its own scope alone. */
function findOwner(name: string, scope: Scope, reach: "all" | "own" = "all"): Ownership | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    for (let index = at.blocks.length - 1; index >= 0; index--) {
      const block = at.blocks[index];
      const owner = block?.owner(name);
      if (block !== undefined && owner !== undefined) return { owner, block };
    }
    if (reach === "own" || !at.isCopy(name)) return undefined;
  }
  return undefined;
}
