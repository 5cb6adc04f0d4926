/** What an editor asks of a project as it was last analysed. Offsets are UTF-16 offsets into a file's text. */
import type { FileScope } from "../check/file-scope.ts";
import type { Project } from "../check/project.ts";
import type { NativeModules } from "../signatures/native-modules.ts";
import type { Span } from "../source/source-file.ts";
import type { FileNode } from "../syntax/file-tree.ts";
import { complete, type Completion } from "./complete.ts";
import { type Description, describe } from "./describe.ts";
import { type Mention, mentionsOf } from "./mentions.ts";
import { findNativePlace } from "./native-place.ts";
import { type EditorSymbol, symbolOf } from "./symbols.ts";

export interface EditorPlace extends Span {
  readonly file: string;
}

export interface EditorDescription extends Description, Span {}

/** A pipeline, a macro or an enumeration. */
export interface OutlineItem extends Span {
  readonly name: string;
  readonly kind: "pipeline" | "macro" | "enum";
  readonly nameSpan: Span;
}

interface Found {
  readonly mention: Mention;
  readonly symbol: EditorSymbol;
  readonly file: FileScope;
}

/** Trees of files that did not change are the same. */
const known = new WeakMap<FileNode, readonly Mention[]>();

export class Editor {
  readonly #files: ReadonlyMap<string, FileScope>;
  readonly #natives: NativeModules;

  constructor({ files }: Project, natives: NativeModules) {
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#natives = natives;
  }

  complete(path: string, offset: number): Completion[] {
    const file = this.#files.get(path);
    if (file === undefined) return [];
    return complete({ file, mentions: mentionsIn(file), natives: this.#natives, offset });
  }

  describe(path: string, offset: number): EditorDescription | undefined {
    const found = this.#find(path, offset);
    if (found === undefined) return undefined;
    const { mention, symbol } = found;
    const home = this.#homeOf(found);
    const bindings = mentionsIn(home).filter((one) => symbolOf(one, home)?.key === symbol.key);
    const { start, end } = mention;
    return { ...describe(symbol, bindings, home, this.#natives), start, end };
  }

  define(path: string, offset: number): EditorPlace | undefined {
    const found = this.#find(path, offset);
    if (found === undefined) return undefined;
    const { symbol, file } = found;
    if (symbol.kind === "native") return nativePlace(symbol);
    if (symbol.kind === "alias") return importPlace(symbol.text, file);
    return this.#mentionsOf(symbol).find(({ isDeclared }) => isDeclared);
  }

  references(path: string, offset: number): EditorPlace[] {
    const found = this.#find(path, offset);
    return found === undefined ? [] : this.#mentionsOf(found.symbol);
  }

  /** What is under the cursor, where it may have another name. */
  renamable(path: string, offset: number): (Span & { readonly text: string }) | undefined {
    const found = this.#find(path, offset);
    if (found === undefined || ["library", "native"].includes(found.symbol.kind)) return undefined;
    if ((found.symbol.kind === "enum" || found.symbol.kind === "member") && found.symbol.space === undefined)
      return undefined;
    const { text, start, end } = found.mention;
    return { text, start, end };
  }

  outline(path: string): OutlineItem[] {
    return (this.#files.get(path)?.tree.blocks ?? []).map(({ name, kind, start, end }) => ({
      name: name.text,
      kind,
      start,
      end,
      nameSpan: { start: name.start, end: name.end },
    }));
  }

  #find(path: string, offset: number): Found | undefined {
    const file = this.#files.get(path);
    const mention = file && mentionsIn(file).findLast(({ start, end }) => start <= offset && offset <= end);
    const symbol = mention && symbolOf(mention, file);
    return symbol && { mention, symbol, file };
  }

  /** The file whose names say what the symbol is: of an input that a call names, the callee's. */
  #homeOf({ symbol, file }: Found): FileScope {
    return ("file" in symbol ? this.#files.get(symbol.file) : undefined) ?? file;
  }

  #mentionsOf({ key }: EditorSymbol): (EditorPlace & { readonly isDeclared: boolean })[] {
    return [...this.#files.values()].flatMap((file) =>
      mentionsIn(file)
        .filter((mention) => symbolOf(mention, file)?.key === key)
        .map((mention) => ({
          file: file.path,
          start: mention.start,
          end: mention.end,
          isDeclared: isDeclaration(mention),
        })),
    );
  }
}

function mentionsIn({ tree }: FileScope): readonly Mention[] {
  const mentions = known.get(tree) ?? mentionsOf(tree);
  known.set(tree, mentions);
  return mentions;
}

function isDeclaration(mention: Mention): boolean {
  switch (mention.kind) {
    case "block":
      return true;
    case "variable":
      return mention.isBinding;
    case "member":
    case "alias":
    case "label":
      return mention.isDeclared;
    case "call":
    case "enum":
    case "parameter":
      return false;
  }
}

function nativePlace({ imported, lang, text }: EditorSymbol & { kind: "native" }): EditorPlace | undefined {
  if (imported.origin !== "bundle") return undefined;
  const { folder, bundleFiles } = imported.space;
  const found = findNativePlace(lang, imported.path, text, bundleFiles);
  return found && { file: within(folder, found.path), start: found.start, end: found.end };
}

const within = (folder: string, path: string): string => (folder === "" ? path : `${folder}/${path}`);

/** The file behind it, where it is one of the project's; else the line of the import. */
function importPlace(alias: string, file: FileScope): EditorPlace | undefined {
  const imported = file.imports.get(alias);
  if (imported?.kind === "native" && imported.origin === "bundle") {
    const { folder, bundleFiles } = imported.space;
    if (bundleFiles.has(imported.path)) return { file: within(folder, imported.path), start: 0, end: 0 };
  }
  if (imported?.kind === "spaces") {
    const [target] = imported.spaces[0]?.files ?? [];
    if (target !== undefined) return { file: target.path, start: 0, end: 0 };
  }
  return imported && { file: file.path, start: imported.start, end: imported.end };
}
