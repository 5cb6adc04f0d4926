/**
 * A project that is edited: after each change it says what is found now, and looks only at what the change can have
 * touched. Files that did not change are not read again, and a pipeline is checked again only where its own lines, or
 * something that they name, are different. What it says is what a compile of all files says.
 */
import { type Analysis, analyse, Memory } from "./analyse.ts";
import type { ProjectSession, Renaming, SessionChanges } from "./compile-result.ts";
import { type Diagnostic, formatDiagnostic } from "./diagnose/diagnostic.ts";
import { Editor } from "./editor/editor.ts";
import type { Grammars } from "./signatures/grammars.ts";

export class Session implements ProjectSession {
  readonly #grammars: Grammars;
  readonly #files = new Map<string, Uint8Array>();
  #memory = new Memory();
  #editor: Editor | undefined;
  #said: ReadonlyMap<string, readonly Diagnostic[]> = new Map();

  constructor(grammars: Grammars) {
    this.#grammars = grammars;
  }

  update(changes: SessionChanges): ReadonlyMap<string, readonly Diagnostic[]> {
    for (const [path, content] of changes) this.#set(path, content);
    const before = this.#said;
    this.#said = this.#analyse();
    const paths = [...new Set([...before.keys(), ...this.#said.keys()])].toSorted();
    const now = paths.map((path): [string, readonly Diagnostic[]] => [path, this.#said.get(path) ?? []]);
    return new Map(now.filter(([path, found]) => !isSame(before.get(path) ?? [], found)));
  }

  get editor(): Editor {
    this.#editor ??= editorOf(analyse({ files: this.#files }, this.#grammars, this.#memory));
    return this.#editor;
  }

  rename(path: string, offset: number, name: string): Renaming {
    const known = this.editor.renamable(path, offset);
    if (known === undefined) return { kind: "problem", message: "this name cannot be changed" };
    if (!/^[A-Za-z_]\w*$/.test(name))
      return { kind: "problem", message: `'${name}' is no name: letters, digits and _` };
    const places = this.editor.references(path, offset);
    const changed = new Map(this.#files);
    for (const file of new Set(places.map((place) => place.file))) {
      const text = new TextDecoder().decode(this.#files.get(file));
      const own = places.filter((place) => place.file === file).toSorted((one, other) => other.start - one.start);
      const renamed = own.reduce((now, { start, end }) => `${now.slice(0, start)}${name}${now.slice(end)}`, text);
      changed.set(file, new TextEncoder().encode(renamed));
    }
    const error = this.#newError(changed);
    return error === undefined ? { kind: "places", places } : { kind: "problem", message: error };
  }

  /** What would be wrong that is not now. */
  #newError(changed: ReadonlyMap<string, Uint8Array>): string | undefined {
    const { diagnostics } = analyse({ files: changed }, this.#grammars);
    const count = ({ severity, code }: Diagnostic) => (severity === "error" ? code : undefined);
    const before = countBy([...this.#said.values()].flat().map(count));
    const seen = new Map<string, number>();
    for (const finding of [...diagnostics.values()].flat()) {
      if (finding.severity !== "error") continue;
      const number = (seen.get(finding.code) ?? 0) + 1;
      seen.set(finding.code, number);
      if (number > (before.get(finding.code) ?? 0)) return formatDiagnostic(finding);
    }
    return undefined;
  }

  #set(path: string, content: string | Uint8Array | undefined): void {
    if (content === undefined) this.#files.delete(path);
    else this.#files.set(path, typeof content === "string" ? new TextEncoder().encode(content) : content.slice());
  }

  #analyse(): ReadonlyMap<string, readonly Diagnostic[]> {
    const input = { files: this.#files };
    const analysis = analyse(input, this.#grammars, this.#memory);
    this.#editor = editorOf(analysis);
    if (!analysis.isOverfull) return analysis.diagnostics;
    // What a check found beyond the limit was not kept, and so cannot be said again.
    this.#memory = new Memory();
    return analyse(input, this.#grammars).diagnostics;
  }
}

const editorOf = ({ project, natives }: Analysis): Editor => new Editor(project, natives);

function countBy(codes: readonly (string | undefined)[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const code of codes) if (code !== undefined) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

function isSame(before: readonly Diagnostic[], now: readonly Diagnostic[]): boolean {
  return before === now || JSON.stringify(before) === JSON.stringify(now);
}
