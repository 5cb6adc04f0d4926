import type { FileSet } from "@polyglot/contracts";
import { checkProject, declaredIn } from "./check/check-project.ts";
import { openProject, type Project } from "./check/project.ts";
import type { Compiler, CompileResult, FileInError } from "./compile-result.ts";
import { compareDiagnostics } from "./diagnose/diagnostic.ts";
import { lowerAll } from "./lower/plan.ts";
import { checkPlanReferences, checkReferences } from "./objects/check-references.ts";
import type { ObjectFile } from "./objects/object-reader.ts";
import { parseObjects } from "./objects/parse-objects.ts";
import { Grammars } from "./signatures/grammars.ts";
import { NativeModules } from "./signatures/native-modules.ts";

/** Loads what reading native signatures needs, once; after that compiling is synchronous and pure. */
export async function createCompiler(): Promise<Compiler> {
  const grammars = await Grammars.load();
  return { compile: ({ files }) => compile(files, grammars) };
}

function compile(files: FileSet, grammars: Grammars): CompileResult {
  const project = openProject(files);
  const objects = parseObjects(files);
  const checked = checkProject(project, new NativeModules(grammars), objects.declared.of("Queue"));
  checkReferences(objects, project.spaces.values());
  const objectFiles = objects.files;
  const pipelines = lowerAll(checked);
  const findings = [
    ...[...project.files, ...objectFiles].map((file) => file.findings.list()),
    checkPlanReferences(pipelines, objects.declared),
  ];
  return {
    pipelines,
    objects: objectFiles.filter((file) => !file.findings.hasErrors).flatMap((file) => file.objects),
    bundles: project.bundles,
    diagnostics: findings.flat().toSorted(compareDiagnostics),
    failed: failedFiles(project, objectFiles),
  };
}

function failedFiles(project: Project, objectFiles: readonly ObjectFile[]): FileInError[] {
  const sources = project.files
    .filter((file) => file.findings.hasErrors)
    .map((file) => ({ file: file.path, pipelines: declaredIn(file).map((item) => item.id) }));
  const objects = objectFiles
    .filter((file) => file.findings.hasErrors)
    .map((file) => ({ file: file.path, pipelines: [] }));
  return [...sources, ...objects];
}
