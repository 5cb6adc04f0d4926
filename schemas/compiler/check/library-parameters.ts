import type { LibraryEntry } from "../stdlib/entry.ts";
import type { CallNode } from "../syntax/tree.ts";
import type { Parameter } from "./arguments.ts";

/** The first argument list that fits in number; where more is given than any takes, the longest. */
export function chooseParameters(node: CallNode, entry: LibraryEntry): readonly Parameter[] {
  const given = node.io.filter((item) => item.kind === "argument").length;
  const fits = (list: LibraryEntry["parameters"][number]): boolean =>
    given <= list.length && given >= list.filter((item) => !item.isOptional).length;
  const longest = entry.parameters.toSorted((a, b) => b.length - a.length)[0] ?? [];
  return entry.parameters.find(fits) ?? (given > longest.length ? longest : entry.parameters[0]) ?? [];
}
