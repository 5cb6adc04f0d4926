/** All pipelines that one calls, directly or through others: its plan holds the body of each. */
import { problems } from "../diagnose/catalogue.ts";
import type { PipelineDeclaration } from "./file-scope.ts";
import type { CheckedPipeline } from "./pipeline.ts";

/** Pipelines that one may call, directly and through others: beyond it plans would grow with the square of a file. */
export const maxCallees = 256;

export type CheckedPipelines = ReadonlyMap<PipelineDeclaration, CheckedPipeline>;

/** Stops looking beyond the limit. */
export function calleesOf(item: CheckedPipeline, all: CheckedPipelines): CheckedPipeline[] {
  const found = new Set<CheckedPipeline>();
  const open = [item];
  for (let caller = open.pop(); caller !== undefined && found.size <= maxCallees; caller = open.pop()) {
    for (const { declaration } of caller.uses) {
      const callee = "id" in declaration ? all.get(declaration) : undefined;
      if (callee === undefined || found.has(callee)) continue;
      found.add(callee);
      open.push(callee);
    }
  }
  return [...found];
}

export function reportTooManyCallees(all: CheckedPipelines): void {
  for (const item of all.values()) {
    const { length } = calleesOf(item, all);
    if (length <= maxCallees) continue;
    const { file, node } = item.declaration;
    file.findings.report(problems.tooManyCallees, node.name, node.name.text, length, maxCallees);
  }
}
