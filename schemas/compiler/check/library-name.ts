import { problems } from "../diagnose/catalogue.ts";
import { isLibrarySpace, libraryNames } from "../stdlib/registry.ts";
import type { CallNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";

/** For elements that take names of the library alone, such as `[t]` and `[Q]`. */
export function reportUnknownLibraryName(node: CallNode, element: string, wanted: string, context: CheckContext): void {
  const name = node.name.text;
  if (node.space !== undefined || !isLibrarySpace(name)) {
    context.findings.report(problems.wrongCall, node.name, element, wanted, name);
    return;
  }
  const family = `${name.split(".")[0]}.`;
  const known = libraryNames.filter((candidate) => candidate.startsWith(family));
  context.findings.report(problems.unknownLibraryName, node.name, name, context.findings.nearest(name, known));
}
