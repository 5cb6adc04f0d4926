import { analyse } from "./analyse.ts";
import { declaredIn } from "./check/check-project.ts";
import type { FileScope } from "./check/file-scope.ts";
import { isUrl, parseGitSource } from "./check/git-source.ts";
import type { Project } from "./check/project.ts";
import type {
  CompiledPipeline,
  CompileInput,
  Compiler,
  CompileResult,
  FileInError,
  GitImport,
} from "./compile-result.ts";
import { lowerAll } from "./lower/plan.ts";
import type { ObjectFile } from "./objects/object-reader.ts";
import { Session } from "./session.ts";
import { Grammars } from "./signatures/grammars.ts";

/** Loads what reading native signatures needs, once; after that compiling is synchronous and pure. */
export async function createCompiler(): Promise<Compiler> {
  const grammars = await Grammars.load();
  return { compile: (input) => compile(input, grammars), openSession: () => new Session(grammars) };
}

function compile(input: CompileInput, grammars: Grammars): CompileResult {
  const { project, objects, checked, diagnostics } = analyse(input, grammars);
  const pipelines = lowerAll(checked.pipelines);
  const inError = new Set(project.files.filter((file) => file.findings.hasErrors).map((file) => file.path));
  const queues = checked.queues.filter((queue) => !inError.has(queue.file) && input.files.has(queue.file));
  return {
    pipelines,
    objects: [...objects.files.filter((file) => !file.findings.hasErrors).flatMap((file) => file.objects), ...queues],
    bundles: project.bundles,
    diagnostics: [...diagnostics.values()].flat(),
    failed: failedFiles(project, objects.files, pipelines),
    imports: project.files.flatMap((file) => gitImportsOf(file, project)),
  };
}

/** Files in error, and those with a pipeline that cannot be planned because an import is not at hand. */
function failedFiles(
  project: Project,
  objectFiles: readonly ObjectFile[],
  planned: readonly CompiledPipeline[],
): FileInError[] {
  const plans = new Set(planned.map((item) => item.id));
  const sources = project.files
    .filter((file) => file.repository === undefined)
    .map((file) => ({ file, open: declaredIn(file).filter((item) => !plans.has(item.id)) }))
    .filter(({ file, open }) => file.findings.hasErrors || open.length > 0)
    .map(({ file, open }) => ({ file: file.path, pipelines: open.map((item) => item.id) }));
  const objects = objectFiles
    .filter((file) => file.findings.hasErrors)
    .map((file) => ({ file: file.path, pipelines: [] }));
  return [...sources, ...objects];
}

function gitImportsOf({ path, source, tree }: FileScope, { repositories }: Project): GitImport[] {
  return tree.imports.flatMap(({ target }) => {
    const found = target.kind === "path" && isUrl(target.path) ? parseGitSource(target.path) : undefined;
    if (found?.kind !== "source") return [];
    const { key, url, ref } = found;
    const { line, column } = source.position(target.start);
    return [{ key, url, ref, isResolved: repositories.has(key), file: path, line, column }];
  });
}
