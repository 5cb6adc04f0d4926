/** Checked pipelines to plans: the callee's bodies put in, runtimes named, digests taken. */
import { digestOfPlan, type Plan, type PlanBody, planVersion } from "@polyglot/contracts";
import type { FileScope, PipelineDeclaration } from "../check/file-scope.ts";
import type { CheckedPipeline } from "../check/pipeline.ts";
import type { CompiledPipeline } from "../compile-result.ts";

/** Plans of all pipelines whose files have no errors. */
export function lowerAll(checked: readonly CheckedPipeline[]): CompiledPipeline[] {
  const byDeclaration = new Map(checked.map((item) => [item.declaration, item]));
  return checked
    .filter(({ declaration }) => !declaration.file.findings.hasErrors)
    .map((item) => lower(item, byDeclaration));
}

function lower(item: CheckedPipeline, all: ReadonlyMap<PipelineDeclaration, CheckedPipeline>): CompiledPipeline {
  const { declaration } = item;
  const callees = calleesOf(item, all);
  const bodies = callees.map((callee): [string, PlanBody] => [callee.declaration.id, callee.body]);
  const plan: Plan = {
    version: planVersion,
    pipeline_id: declaration.id,
    ...item.body,
    triggers: [...item.triggers],
    queue: item.queue,
    callees: Object.fromEntries(bodies),
  };
  return {
    id: declaration.id,
    plan,
    digest: digestOfPlan(plan),
    positions: item.positions,
    file: declaration.file.path,
    bundle: bundleOf(declaration.file),
    unimplemented: [...new Set([item, ...callees].flatMap((part) => [...part.unimplemented]))].toSorted(),
  };
}

/** All that are called, directly or not, each once. */
function calleesOf(item: CheckedPipeline, all: ReadonlyMap<PipelineDeclaration, CheckedPipeline>): CheckedPipeline[] {
  const found = new Set<CheckedPipeline>();
  const open = [item];
  for (let caller = open.pop(); caller !== undefined; caller = open.pop()) {
    for (const use of caller.uses) {
      const callee = "id" in use.declaration ? all.get(use.declaration) : undefined;
      if (callee === undefined || found.has(callee)) continue;
      found.add(callee);
      open.push(callee);
    }
  }
  return [...found];
}

function bundleOf(file: FileScope): CompiledPipeline["bundle"] {
  if (file.space === undefined) throw new Error(`${file.path} has a pipeline without namespace`);
  return file.space.bundle;
}
