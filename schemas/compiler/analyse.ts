/** All of a compile but the plans: what is declared, what is checked, and what is found. */
import { type CheckedProject, checkProject } from "./check/check-project.ts";
import { PastChecks } from "./check/past-checks.ts";
import { PastFiles } from "./check/past-files.ts";
import { openProject, type Project } from "./check/project.ts";
import type { CompileInput } from "./compile-result.ts";
import { compareDiagnostics, type Diagnostic } from "./diagnose/diagnostic.ts";
import { plannedOf } from "./lower/plan.ts";
import { checkPlanReferences, checkReferences } from "./objects/check-references.ts";
import { type ParsedObjects, parseObjects } from "./objects/parse-objects.ts";
import type { Grammars } from "./signatures/grammars.ts";
import { NativeModules } from "./signatures/native-modules.ts";

export interface Analysis {
  readonly project: Project;
  readonly natives: NativeModules;
  readonly objects: ParsedObjects;
  readonly checked: CheckedProject;
  /** By file; files without findings are not among them. */
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>;
  /** Some file had more findings than are kept, so that their order decided which. */
  readonly isOverfull: boolean;
}

/** What one analysis leaves to the next. */
export class Memory {
  readonly files = new PastFiles();
  readonly checks = new PastChecks();
  natives: NativeModules | undefined;
}

export function analyse({ files, imported = new Map() }: CompileInput, grammars: Grammars, memory?: Memory): Analysis {
  const past = memory?.files ?? new PastFiles();
  const natives = new NativeModules(grammars, memory?.natives);
  if (memory !== undefined) memory.natives = natives;
  const project = openProject(files, imported, past);
  const objects = parseObjects(files, past);
  const checked = checkProject(project, natives, objects.declared.of("Queue"), memory?.checks);
  checkReferences(objects, project.spaces.values());
  const all = [...project.files, ...objects.files];
  const references = checkPlanReferences(plannedOf(checked.pipelines), objects.declared);
  return {
    project,
    natives,
    objects,
    checked,
    diagnostics: byFile([...all.flatMap((file) => file.findings.list()), ...references]),
    isOverfull: all.some((file) => file.findings.isOverfull),
  };
}

/** In the order of files and places. */
function byFile(diagnostics: readonly Diagnostic[]): Map<string, Diagnostic[]> {
  const found = new Map<string, Diagnostic[]>();
  for (const one of diagnostics.toSorted(compareDiagnostics)) {
    const list = found.get(one.file);
    if (list === undefined) found.set(one.file, [one]);
    else list.push(one);
  }
  return found;
}
