/** Checks everything that is compiled together. */
import type { DeclaredObject } from "../compile-result.ts";
import { problems } from "../diagnose/catalogue.ts";
import type { NativeModules } from "../signatures/native-modules.ts";
import { reportTooManyCallees } from "./callees.ts";
import { orderByCalls } from "./call-order.ts";
import type { PipelineInterface, Surroundings } from "./context.ts";
import { checkQueues, declareQueues } from "./queues.ts";
import { declareAll, resolveImport } from "./declare.ts";
import { type FileScope, type MacroDeclaration, type PipelineDeclaration } from "./file-scope.ts";
import { Imports } from "./imports.ts";
import { type CheckedMacro, checkMacro } from "./macro.ts";
import { type CheckedPipeline, checkPipeline, interfaceOfChecked, statedInterface } from "./pipeline.ts";
import type { PastChecks } from "./past-checks.ts";
import type { Project } from "./project.ts";
import { RepeatedLines } from "./repeated-lines.ts";

export interface CheckedProject {
  /** In the order of files and places. Pipelines of files in error are among them. */
  readonly pipelines: readonly CheckedPipeline[];
  /** Those that `[#] Queue` declares, of files in error too. */
  readonly queues: readonly DeclaredObject[];
}

/** `queues` are those of YAML files; `past` has what earlier rounds checked. */
export function checkProject(
  project: Project,
  natives: NativeModules,
  queues: ReadonlyMap<string, string>,
  past?: PastChecks,
): CheckedProject {
  declareAll(project);
  reportUnreadable(project, natives);
  const declarations = project.files.flatMap((file) => declaredIn(file));
  const files = new Map(declarations.map((item) => [item, withLocalImports(item, project)]));
  const fileOf = (item: PipelineDeclaration): FileScope => files.get(item) ?? item.file;
  const checked = new Map<PipelineDeclaration, CheckedPipeline>();
  const interfaceOf = (item: PipelineDeclaration): PipelineInterface => {
    const known = checked.get(item);
    return known === undefined ? statedInterface(item, fileOf(item)) : interfaceOfChecked(known);
  };
  const macros = new Map<MacroDeclaration, CheckedMacro>();
  const macroOf = (item: MacroDeclaration): CheckedMacro => {
    const known = macros.get(item) ?? checkMacro(item, surroundings);
    macros.set(item, known);
    return known;
  };
  const { spaces } = project;
  const repeated = new RepeatedLines(project.files.reduce((sum, { source }) => sum + source.lineCount, 0));
  const surroundings: Surroundings = {
    natives,
    queues: declareQueues(project, queues),
    spaces,
    interfaceOf,
    macroOf,
    repeated,
  };
  const checkedQueues = checkQueues(project, surroundings);
  for (const item of orderByCalls(declarations, fileOf)) {
    const file = fileOf(item);
    checked.set(item, past?.check(item, file, surroundings) ?? checkPipeline(item, file, surroundings));
  }
  // Macros that nothing applies.
  for (const space of project.spaces.values()) for (const item of space.macros.values()) macroOf(item);
  const ordered = declarations.flatMap((item) => checked.get(item) ?? []);
  reportTooManyCallees(checked, repeated);
  reportUnusedImports(project);
  for (const item of declarations) reportUnusedLocals(item, fileOf(item));
  spreadErrors(ordered);
  return { pipelines: ordered, queues: checkedQueues };
}

export function declaredIn(file: FileScope): PipelineDeclaration[] {
  const declared = file.tree.blocks.flatMap((block) => file.space?.pipelines.get(block.name.text) ?? []);
  // A name that stands twice is declared once.
  return [...new Set(declared)].filter((item) => item.file === file);
}

/** `[@] << @org.lib>Tools` in a pipeline imports for it alone, by its last name and by its full name. */
function withLocalImports(declaration: PipelineDeclaration, project: Project): FileScope {
  const { file, node } = declaration;
  if (node.imports.length === 0) return file;
  const imports = new Imports(file.imports);
  for (const line of node.imports) {
    const target = line.target.kind === "namespace" ? line.target.name : "";
    const alias = line.alias?.text ?? target.slice(target.lastIndexOf(">") + 1);
    const earlier = imports.get(alias);
    if (earlier !== undefined && earlier !== file.imports.get(alias)) {
      file.findings.report(problems.duplicateName, line.alias ?? line, "the import", `@${alias}`, "an earlier line");
      continue;
    }
    imports.add(alias, { ...resolveImport(line, file, project), alias });
  }
  return { ...file, imports };
}

/** Native files that the grammar does not understand: a warning, because a grammar may lag behind its language. */
function reportUnreadable(project: Project, natives: NativeModules): void {
  for (const file of project.files) {
    for (const node of file.tree.imports) {
      const imported = file.imports.get(node.alias?.text ?? "");
      if (imported?.kind !== "native" || imported.start !== node.start) continue;
      const unread = natives.of(imported)?.unread;
      if (unread !== undefined) file.findings.report(problems.unreadable, node.target, unread.path, unread.line);
    }
  }
}

/** Imports that no part of the namespace uses. */
function reportUnusedImports(project: Project): void {
  for (const file of project.files) {
    for (const node of file.tree.imports) {
      const imported = node.alias === undefined ? undefined : file.imports.get(node.alias.text);
      const isOwn = imported !== undefined && imported.start === node.start && imported.kind !== "unknown";
      const isMeant = imported?.alias.startsWith("_") === true;
      if (!isOwn || imported.used || isMeant || file.findings.hasErrors) continue;
      file.findings.report(problems.unusedImport, node.alias ?? node, imported.alias);
    }
  }
}

/** Imports that a pipeline has for itself and does not use. */
function reportUnusedLocals({ file, node }: PipelineDeclaration, { imports }: FileScope): void {
  if (node.imports.length === 0 || file.findings.hasErrors) return;
  const lines = new Map(node.imports.map((line) => [line.start, line]));
  for (const imported of imports.own()) {
    const line = imported.kind === "spaces" ? lines.get(imported.start) : undefined;
    const isMeant = imported.used || imported.alias.startsWith("_");
    if (line !== undefined && !isMeant) {
      file.findings.report(problems.unusedImport, line.alias ?? line, imported.alias);
    }
  }
}

/** A pipeline that calls one of a file in error cannot be planned either; so on, until nothing changes. */
function spreadErrors(checked: readonly CheckedPipeline[]): void {
  const uses = checked.flatMap(({ declaration, uses: list }) => list.map((use) => ({ ...use, by: declaration.file })));
  const callers = new Map<FileScope, typeof uses>();
  for (const use of uses) {
    const list = callers.get(use.declaration.file) ?? [];
    list.push(use);
    callers.set(use.declaration.file, list);
  }
  const failed = [...new Set(checked.map((item) => item.declaration.file))].filter((file) => file.findings.hasErrors);
  for (let file = failed.pop(); file !== undefined; file = failed.pop()) {
    for (const use of callers.get(file) ?? []) {
      if (use.by === file) continue;
      if (!use.by.findings.hasErrors) failed.push(use.by);
      use.by.findings.report(problems.calleeInError, use.at, use.declaration.node.name.text, file.path);
    }
  }
}
