/** Whether what objects name is declared: by YAML, or by `.pg` for pipelines and queues. */
import { defaults, type ReferenceTarget } from "@polyglot/contracts";
import type { Namespace } from "../check/file-scope.ts";
import type { CheckedPipeline } from "../check/pipeline.ts";
import { problems } from "../diagnose/catalogue.ts";
import type { Diagnostic } from "../diagnose/diagnostic.ts";
import { nearestName } from "../diagnose/nearest.ts";
import type { DeclaredNames } from "./declared-names.ts";
import type { ObjectFile } from "./object-reader.ts";
import type { ParsedObjects } from "./parse-objects.ts";
import { type PlanReference, referencesOfPlan } from "./plan-references.ts";

export function checkReferences({ files, declared }: ParsedObjects, spaces: Iterable<Namespace>): void {
  const all = [...spaces];
  const pipelines = new Set<string>(all.flatMap((space) => [...space.pipelines.values()].map((item) => item.id)));
  const queues = all.flatMap((space) => [...(space.enums.get("Queue")?.members ?? [])]);
  const known = new Map<ReferenceTarget, Names>([
    ["Pipeline", pipelines],
    ["Queue", new Set([defaults.queue, ...queues, ...declared.of("Queue").keys()])],
  ]);
  for (const file of files) {
    for (const use of file.uses) reportDangling(file, use, known.get(use.target) ?? declared.of(use.target));
  }
}

type Names = Pick<ReadonlyMap<string, unknown>, "has" | "keys">;

function reportDangling(
  { findings }: ObjectFile,
  { target, name, field, at }: ObjectFile["uses"][number],
  known: Names,
): void {
  if (known.has(name)) return;
  findings.report(problems.danglingReference, at, field, target, name, findings.nearest(name, known.keys()));
}

/** What pipelines name is a warning: another repository may declare it. */
export function checkPlanReferences(pipelines: readonly CheckedPipeline[], declared: DeclaredNames): Diagnostic[] {
  return pipelines.flatMap((pipeline) =>
    referencesOfPlan(pipeline)
      .filter(({ target, name }) => !declared.of(target).has(name))
      .map((reference) => undeclared(pipeline, reference, declared)),
  );
}

function undeclared(
  { declaration, positions }: CheckedPipeline,
  { node, target, name }: PlanReference,
  declared: DeclaredNames,
): Diagnostic {
  const { line, column } = positions[node] ?? { line: 1, column: 1 };
  const { code, severity, message, hint: writeHint } = problems.undeclaredObject;
  const nearest = nearestName(name, declared.of(target).keys());
  const hint = writeHint?.(target, name, nearest);
  return {
    file: declaration.file.path,
    line,
    column,
    endLine: line,
    endColumn: column + 1,
    severity,
    code,
    message: message(target, name, nearest),
    ...(hint !== undefined && { hint }),
  };
}
