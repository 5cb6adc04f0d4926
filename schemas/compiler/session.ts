/**
 * A project that is edited: after each change it says what is found now, and looks only at what the change can have
 * touched. Files that did not change are not read again, and a pipeline is checked again only where its own lines, or
 * something that they name, are different. What it says is what a compile of all files says.
 */
import { analyse, Memory } from "./analyse.ts";
import type { ProjectSession, SessionChanges } from "./compile-result.ts";
import type { Diagnostic } from "./diagnose/diagnostic.ts";
import type { Grammars } from "./signatures/grammars.ts";

export class Session implements ProjectSession {
  readonly #grammars: Grammars;
  readonly #files = new Map<string, Uint8Array>();
  #memory = new Memory();
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

  #set(path: string, content: string | Uint8Array | undefined): void {
    if (content === undefined) this.#files.delete(path);
    else this.#files.set(path, typeof content === "string" ? new TextEncoder().encode(content) : content.slice());
  }

  #analyse(): ReadonlyMap<string, readonly Diagnostic[]> {
    const input = { files: this.#files };
    const { diagnostics, isOverfull } = analyse(input, this.#grammars, this.#memory);
    if (!isOverfull) return diagnostics;
    // What a check found beyond the limit was not kept, and so cannot be said again.
    this.#memory = new Memory();
    return analyse(input, this.#grammars).diagnostics;
  }
}

function isSame(before: readonly Diagnostic[], now: readonly Diagnostic[]): boolean {
  return before === now || JSON.stringify(before) === JSON.stringify(now);
}
