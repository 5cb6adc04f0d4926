/** What a mention stands for in its project. */
import type { NativeLanguage } from "@polyglot/contracts";
import type { FileScope, MacroDeclaration, Namespace, NativeImport, PipelineDeclaration } from "../check/file-scope.ts";
import { lookUpCall, lookUpSpaces } from "../check/names.ts";
import { libraryEnums } from "../stdlib/enums.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { BlockNode } from "../syntax/file-tree.ts";
import type { CallNode } from "../syntax/tree.ts";
import type { Mention } from "./mentions.ts";

/** Of the same key everywhere in the project. */
export type EditorSymbol = { readonly key: string; readonly text: string } & (
  | { readonly kind: "variable" | "label"; readonly file: string; readonly block: BlockNode }
  | { readonly kind: "alias"; readonly file: string }
  | { readonly kind: "pipeline"; readonly declaration: PipelineDeclaration }
  | { readonly kind: "macro"; readonly declaration: MacroDeclaration }
  | { readonly kind: "enum"; readonly space: Namespace | undefined }
  | { readonly kind: "member"; readonly space: Namespace | undefined; readonly ofEnum: string }
  | { readonly kind: "library"; readonly entry: LibraryEntry }
  | { readonly kind: "native"; readonly imported: NativeImport; readonly lang: NativeLanguage }
);

/** Undefined where nothing has the name. */
export function symbolOf(mention: Mention, file: FileScope): EditorSymbol | undefined {
  const { text, block } = mention;
  switch (mention.kind) {
    case "variable":
    case "label":
      return block && inBlock(mention.kind, text, file.path, block);
    case "alias":
      return { kind: "alias", key: `alias ${file.path} ${text}`, text, file: file.path };
    case "block":
      return block && ofBlock(block, file);
    case "enum":
      return ofEnum(text, mention.space, file);
    case "member": {
      const { space, ofEnum: name } = mention;
      const found = enumSpace(name, space, file);
      return { kind: "member", key: `member ${found?.name} ${name}.${text}`, text, space: found, ofEnum: name };
    }
    case "call":
      return ofCall(mention.call, file);
    case "parameter":
      return ofParameter(text, mention.call, file);
  }
}

function inBlock(kind: "variable" | "label", text: string, file: string, block: BlockNode): EditorSymbol {
  return { kind, key: `${kind} ${file} ${block.name.start} ${text}`, text, file, block };
}

function ofBlock(block: BlockNode, file: FileScope): EditorSymbol | undefined {
  const { text } = block.name;
  const { space } = file;
  if (block.kind === "enum") return { kind: "enum", key: `enum ${space?.name} ${text}`, text, space };
  const pipeline = space?.pipelines.get(text);
  if (block.kind === "pipeline" && pipeline !== undefined) return ofPipeline(pipeline);
  const macro = space?.macros.get(text);
  return block.kind === "macro" && macro !== undefined ? ofMacro(macro) : undefined;
}

const ofPipeline = (declaration: PipelineDeclaration): EditorSymbol => ({
  kind: "pipeline",
  key: `pipeline ${declaration.id}`,
  text: declaration.node.name.text,
  declaration,
});

const ofMacro = (declaration: MacroDeclaration): EditorSymbol => ({
  kind: "macro",
  key: `macro ${declaration.file.space?.name} ${declaration.name}`,
  text: declaration.name,
  declaration,
});

function ofEnum(text: string, space: string | undefined, file: FileScope): EditorSymbol {
  const found = enumSpace(text, space, file);
  return { kind: "enum", key: `enum ${found?.name} ${text}`, text, space: found };
}

/** Undefined for those of the library. */
function enumSpace(name: string, space: string | undefined, file: FileScope): Namespace | undefined {
  if (space !== undefined) {
    const spaces = lookUpSpaces(space, file);
    return typeof spaces === "string" ? undefined : spaces.find((one) => one.enums.has(name));
  }
  if (libraryEnums.has(name)) return undefined;
  if (file.space?.enums.has(name) === true) return file.space;
  return [...file.imports.spaces()].find((one) => one.enums.has(name));
}

/** What a call calls. */
export function ofCall(call: CallNode, file: FileScope): EditorSymbol | undefined {
  const found = lookUpCall(call, file);
  const { text } = call.name;
  switch (found.kind) {
    case "library":
      return { kind: "library", key: `library ${found.entry.name}`, text, entry: found.entry };
    case "native": {
      const { imported } = found;
      const key = `native ${imported.space.name} ${imported.lang} ${imported.path} ${text}`;
      return { kind: "native", key, text, imported, lang: imported.lang };
    }
    case "pipeline":
      return ofPipeline(found.declaration);
    case "macro":
      return ofMacro(found.declaration);
    case "unknown":
    case "silent":
    case "ambiguous":
      return undefined;
  }
}

/** The input that a named argument is for, where its pipeline or macro is the user's own. */
function ofParameter(text: string, call: CallNode, file: FileScope): EditorSymbol | undefined {
  const called = ofCall(call, file);
  if (called?.kind !== "pipeline" && called?.kind !== "macro") return undefined;
  const { declaration } = called;
  return inBlock("variable", text, declaration.file.path, declaration.node);
}
