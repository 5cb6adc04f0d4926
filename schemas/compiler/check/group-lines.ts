/** `[!]` lines to the steps that they handle. */
import type { LineNode } from "../syntax/tree.ts";

export interface LineGroup {
  readonly line: LineNode;
  /** The `[!]` lines that follow it under the same parent. */
  readonly handlers: readonly LineNode[];
}

export interface GroupedLines {
  /** `[!]` lines before any other: they handle the parent. */
  readonly leading: readonly LineNode[];
  readonly groups: readonly LineGroup[];
}

export function groupLines(lines: readonly LineNode[]): GroupedLines {
  const leading: LineNode[] = [];
  const groups: { line: LineNode; handlers: LineNode[] }[] = [];
  for (const line of lines) {
    if (line.element !== "error") groups.push({ line, handlers: [] });
    else (groups.at(-1)?.handlers ?? leading).push(line);
  }
  return { leading, groups };
}
