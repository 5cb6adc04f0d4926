/** What a compiled set of files declares, in the form in which it is compared and stored. */
import type { CompiledPipeline, CompileResult, DeclaredObject, Diagnostic, GitImport } from "@polyglot/compiler";
import { canonicalJson, type ErrorCode, sha256, splitPipelineId } from "@polyglot/contracts";
import type { ObjectKey } from "../store/objects.ts";

export interface DesiredObject extends ObjectKey {
  readonly spec: unknown;
  readonly specDigest: string;
  readonly file: string;
  readonly line: number;
  /** Present for kind Pipeline. */
  readonly pipeline?: CompiledPipeline;
}

export interface DesiredState {
  readonly objects: readonly DesiredObject[];
  /** What stays as it is, because its file could not be read this time. */
  readonly kept: { readonly files: ReadonlySet<string>; readonly keys: ReadonlySet<string> };
  readonly diagnostics: readonly Diagnostic[];
}

/** One text per key, for maps and sets. */
export const keyText = (key: ObjectKey): string => `${key.kind}/${key.namespace}#${key.name}`;

export function desiredState(compiled: CompileResult): DesiredState {
  const open = compiled.pipelines.filter((pipeline) => pipeline.unimplemented.length > 0);
  const pipelines = compiled.pipelines.filter((pipeline) => pipeline.unimplemented.length === 0);
  const failedKeys = compiled.failed.flatMap((file) => file.pipelines.map((id) => keyText(pipelineKey(id))));
  const isOpen = ({ openFields }: DeclaredObject) => openFields.length > 0;
  const inForce = compiled.objects.filter((object) => !isOpen(object));
  const openObjects = compiled.objects.filter(isOpen);
  const misplaced = inForce.filter((object) => object.namespace !== undefined);
  const declared = inForce.filter((object) => object.namespace === undefined);
  return {
    objects: [...declared.map(fromDeclared), ...pipelines.map(fromPipeline)],
    kept: {
      files: new Set(compiled.failed.map((file) => file.file)),
      keys: new Set([
        ...failedKeys,
        ...open.map((pipeline) => keyText(pipelineKey(pipeline.id))),
        ...openObjects.map(({ kind, name }) => keyText({ kind, namespace: "", name })),
      ]),
    },
    diagnostics: [
      ...compiled.diagnostics,
      ...misplaced.map(misplacedDiagnostic),
      ...openObjects.map(openObjectDiagnostic),
      ...open.map(unimplementedDiagnostic),
      ...compiled.imports.filter((item) => !item.isResolved).map(unresolvedDiagnostic),
    ],
  };
}

/** A finding of the controller's own, about a whole file or a line of it. */
export function fileDiagnostic(file: string, line: number, code: ErrorCode, message: string): Diagnostic {
  return { file, line, column: 1, endLine: line, endColumn: 1, severity: "error", code, message };
}

function pipelineKey(id: CompiledPipeline["id"]): ObjectKey {
  return { kind: "Pipeline", ...splitPipelineId(id) };
}

function fromPipeline(pipeline: CompiledPipeline): DesiredObject {
  return {
    ...pipelineKey(pipeline.id),
    spec: { plan_digest: pipeline.digest },
    specDigest: pipeline.digest,
    file: pipeline.file,
    line: 1,
    pipeline,
  };
}

function fromDeclared(object: DeclaredObject): DesiredObject {
  const { kind, name, spec, file, line } = object;
  return { kind, namespace: "", name, spec, specDigest: sha256(canonicalJson(spec)), file, line };
}

/** The declared kinds of today belong to the whole installation, and their names with them. */
function misplacedDiagnostic({ kind, name, namespace, file, line }: DeclaredObject): Diagnostic {
  const message = `${kind} '${name}' belongs to the whole installation: leave out its namespace '${namespace}'`;
  return fileDiagnostic(file, line, "apply/invalid", message);
}

/** An object that nothing acts on is not stored: a listing would show it as if it were in force. */
function openObjectDiagnostic({ kind, name, openFields, file, line }: DeclaredObject): Diagnostic {
  const message = `${kind} '${name}' has ${openFields.join(", ")}, which this version of Polyglot does not act on yet`;
  return fileDiagnostic(file, line, "apply/invalid", message);
}

function unresolvedDiagnostic({ key, file, line }: GitImport): Diagnostic {
  const message = `${key} is imported from a git repository, which this version of Polyglot does not fetch yet`;
  return fileDiagnostic(file, line, "apply/invalid", message);
}

function unimplementedDiagnostic(pipeline: CompiledPipeline): Diagnostic {
  const names = pipeline.unimplemented.join(", ");
  const message = `${pipeline.id} uses ${names}, which this version of Polyglot does not run yet`;
  return fileDiagnostic(pipeline.file, 1, "pipeline/not-ready", message);
}
