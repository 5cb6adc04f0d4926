/** All pipelines that one calls, directly or through others: its plan holds the body of each. */
import { problems } from "../diagnose/catalogue.ts";
import type { PipelineDeclaration } from "./file-scope.ts";
import type { CheckedPipeline } from "./pipeline.ts";
import type { RepeatedLines } from "./repeated-lines.ts";

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

/** Callees are also too many where all plans together would repeat too much of the source. */
export function reportTooManyCallees(all: CheckedPipelines, repeated: RepeatedLines): void {
  const lines = new Map([...all.values()].map((item) => [item, Object.keys(item.positions).length]));
  for (const item of all.values()) {
    const callees = calleesOf(item, all);
    const { file, node } = item.declaration;
    if (callees.length > maxCallees) {
      file.findings.report(problems.tooManyCallees, node.name, node.name.text, callees.length, maxCallees);
      continue;
    }
    if (repeated.add(callees.reduce((sum, callee) => sum + (lines.get(callee) ?? 0), 0))) continue;
    const { sum, limit } = repeated;
    file.findings.report(problems.tooLarge, node.name, "what is applied and called", sum, "lines in all", limit);
  }
}
