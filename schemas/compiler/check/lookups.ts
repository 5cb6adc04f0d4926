/**
 * What the check of a pipeline asked of other files, with the answers: while these are the same and its own text is, it
 * would be checked to the same result.
 */
import type { CallNode, ValueNode } from "../syntax/tree.ts";
import type { Surroundings } from "./context.ts";
import type { FileScope, MacroDeclaration, PipelineDeclaration } from "./file-scope.ts";
import { lookUpMember } from "./enums.ts";
import { lookUpCall, markImportOf } from "./names.ts";

export type Query =
  /** `isUse`: the import that the name comes through counts as used. */
  | { readonly kind: "call"; readonly node: CallNode; readonly isUse: boolean }
  | { readonly kind: "enum"; readonly node: ValueNode & { kind: "enum" } }
  | { readonly kind: "queue"; readonly name: string }
  | { readonly kind: "pipeline"; readonly namespace: string; readonly name: string };

export interface Lookup {
  readonly query: Query;
  readonly answer: string;
}

/** All that a check of the file may see of it besides its own lines and what is looked up by name. */
export function viewOf({ path, part, space, aliases }: FileScope): string {
  return JSON.stringify([path, part, space?.name, [...aliases]]);
}

export function answerOf(query: Query, file: FileScope, surroundings: Surroundings): string {
  switch (query.kind) {
    case "call":
      return answerOfCall(query.node, query.isUse, file, surroundings);
    case "enum":
      return lookUpMember(query.node, file);
    case "queue":
      return String(surroundings.queues.has(query.name));
    case "pipeline":
      return String(surroundings.spaces.get(query.namespace)?.pipelines.has(query.name));
  }
}

function answerOfCall(node: CallNode, isUse: boolean, file: FileScope, surroundings: Surroundings): string {
  const found = lookUpCall(node, file);
  switch (found.kind) {
    case "library":
    case "unknown":
    case "silent":
      return found.kind;
    case "ambiguous":
      return `ambiguous ${found.forms.join()}`;
    case "native": {
      const { imported } = found;
      return JSON.stringify([imported.lang, imported.origin, imported.path, imported.space.bundle]);
    }
    case "pipeline":
      if (isUse) markImportOf(found, file);
      return pipelineAnswer(found.declaration, surroundings);
    case "macro":
      if (isUse) markImportOf(found, file);
      return macroAnswer(found.declaration, surroundings);
  }
}

function pipelineAnswer(declaration: PipelineDeclaration, { interfaceOf }: Surroundings): string {
  const { id, isCallable, node } = declaration;
  const settings = node.queue.map(({ body }) => (body?.kind === "call" ? body.name.text : ""));
  return JSON.stringify([id, isCallable, interfaceOf(declaration), settings]);
}

/** A macro's lines become part of who applies it. */
function macroAnswer(declaration: MacroDeclaration, { macroOf }: Surroundings): string {
  const { macro, positions, uses, unimplemented } = macroOf(declaration);
  const used = uses.map((use) => use.declaration.node.name.text);
  return JSON.stringify([declaration.file.space?.name, macro, positions, used, [...unimplemented]]);
}
