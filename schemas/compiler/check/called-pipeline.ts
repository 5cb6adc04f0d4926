/** The pipeline that `|U.Call` names: where it is a text that is known now, in a namespace that is compiled now. */
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { CallNode } from "../syntax/tree.ts";
import { argumentFor } from "./argument-for.ts";
import type { CheckContext } from "./context.ts";
import { chooseParameters } from "./library-parameters.ts";
import { literalOf } from "./literal.ts";

export function checkCalledPipeline(node: CallNode, entry: LibraryEntry, context: CheckContext): void {
  const given = argumentFor("pipeline", node.io, chooseParameters(node, entry))?.value;
  const text = given === undefined ? undefined : literalOf(given);
  if (given === undefined || typeof text !== "string") return;
  const [namespace, name] = text.includes("#") ? text.split("#", 2) : [context.file.space?.name, text];
  context.file.queries?.push({ kind: "pipeline", namespace: namespace ?? "", name: name ?? "" });
  const space = context.spaces.get(namespace ?? "");
  if (space === undefined || name === undefined || space.pipelines.has(name)) return;
  const nearest = context.findings.nearest(name, space.pipelines.keys());
  context.findings.report(problems.unknownPipeline, given, name, space.name, nearest);
}
