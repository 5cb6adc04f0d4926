/** Which lines may stand under which: what is out of place is reported and taken out of the tree. */
import { problems } from "../diagnose/catalogue.ts";
import type { Findings } from "../diagnose/findings.ts";
import { type ElementKind, elementText } from "./element.ts";
import type { LineNode } from "./tree.ts";

const runPhase: ReadonlySet<ElementKind> = new Set(["run", "fork", "back", "join", "switch", "error"]);

/** A line of the run phase: `[r] [f] [b] [j] [?] [!]`, or `[x]` with a body. */
export function isRunPhase(line: LineNode): boolean {
  return runPhase.has(line.element) || (line.element === "exit" && (line.body !== undefined || line.inError));
}

/** `[f] |Label` with an element other than `[!]` under it holds the lines of its branch. */
export function isInlineBranch(line: LineNode): boolean {
  const isBranch = line.element === "fork" || line.element === "back";
  return isBranch && line.children.some((child) => child.element !== "error");
}

export function keepPlaced(line: LineNode, findings: Findings): LineNode {
  if (line.children.length === 0) return line;
  const children = line.children
    .filter((child) => mayStandUnder(child, line) || reportMisplaced(child, line, findings))
    .map((child) => keepPlaced(child, findings));
  return { ...line, children };
}

function reportMisplaced(child: LineNode, parent: LineNode, findings: Findings): false {
  const parentText =
    parent.body?.kind === "call"
      ? `${elementText(parent.element)} |${parent.body.name.text}`
      : elementText(parent.element);
  findings.report(problems.notUnder, child.head, elementText(child.element), parentText);
  return false;
}

/** Whether a line may stand under another one. */
export function mayStandUnder(child: LineNode, parent: LineNode): boolean {
  switch (parent.element) {
    case "trigger":
      return child.element === "trigger" && parent.body?.kind === "call" && parent.body.name.text === "T.Any";
    case "setup":
    case "run":
    case "clean":
    case "join":
      return child.element === "error";
    case "fork":
    case "switch":
    case "error":
      return isRunPhase(child) || child.element === "output";
    case "back":
      return isRunPhase(child);
    case "define":
      return child.element === "queue";
    case "import":
    case "exit":
    case "enum":
    case "pipeline":
    case "macro":
    case "inject":
    case "input":
    case "queue":
    case "wrap":
    case "output":
      return false;
  }
}
