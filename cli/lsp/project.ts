/** A folder that is edited: what lies on disk, with what is open in the editor in its place. */
import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Compiler, Diagnostic, Editor, ProjectSession, Renaming } from "@polyglot/compiler";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { readFiles } from "../client/read-files.ts";

type Found = ReadonlyMap<string, readonly Diagnostic[]>;

export class EditedProject {
  readonly folder: string;
  readonly #session: ProjectSession;
  readonly #open = new Map<string, TextDocument>();
  /** Open documents that changed since the last analysis. */
  readonly #changed = new Set<string>();

  constructor(folder: string, compiler: Compiler) {
    this.folder = folder;
    this.#session = compiler.openSession();
  }

  /** Throws where the folder holds too much. */
  readAll(): Found {
    const files = readFiles(this.folder, this.folder);
    return this.#session.update(new Map([...files].filter(([path]) => !this.#open.has(path))));
  }

  /** Undefined for what lies outside of the folder. */
  pathOf(file: string): string | undefined {
    const path = relative(this.folder, file).split(sep).join("/");
    return path.startsWith("..") ? undefined : path;
  }

  fileOf(path: string): string {
    return join(this.folder, path);
  }

  edit(path: string, document: TextDocument): void {
    this.#open.set(path, document);
    this.#changed.add(path);
  }

  close(path: string): Found {
    this.#open.delete(path);
    this.#changed.delete(path);
    return this.reread([path]);
  }

  /** Files that changed on disk; what is open counts as the editor has it. */
  reread(paths: readonly string[]): Found {
    const closed = paths.filter((path) => !this.#open.has(path));
    return this.#session.update(new Map(closed.map((path) => [path, readIfThere(this.fileOf(path))])));
  }

  /** Looks at what was edited since it last looked. */
  analyse(): Found {
    const changes = new Map([...this.#changed].map((path) => [path, this.#open.get(path)?.getText()]));
    this.#changed.clear();
    return changes.size === 0 ? new Map() : this.#session.update(changes);
  }

  /** As an open document says, or as it lies on disk. */
  textOf(path: string): string {
    return this.#open.get(path)?.getText() ?? new TextDecoder().decode(readIfThere(this.fileOf(path)));
  }

  isOpen(path: string): boolean {
    return this.#open.has(path);
  }

  get editor(): Editor {
    return this.#session.editor;
  }

  rename(path: string, offset: number, name: string): Renaming {
    return this.#session.rename(path, offset, name);
  }
}

function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
