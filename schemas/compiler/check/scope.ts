/** Variables of a pipeline or an inline branch: their types, and which of them some path to the line being read binds. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Span } from "../source/source-file.ts";
import { BranchBlock } from "./branch-block.ts";

export interface Variable {
  readonly name: string;
  /** Keeps the type of the first binding. */
  readonly type: string;
  readonly at: Span;
  /** Nothing is known of it, because the line that binds it is in error. */
  readonly isUnknown: boolean;
  /** A handler's error, whose fields are known. */
  readonly isError?: boolean;
  readonly isInput: boolean;
  /** Of an input: its default, which is known before any activation. */
  readonly constant?: CanonicalValue;
  /** Characters of it. */
  readonly size?: number;
  used: boolean;
}

export type Mark = number;

export class Scope {
  /** The scope outside of an inline branch. */
  readonly parent: Scope | undefined;
  /** Blocks that are open, from the outside in; each knows the branches that it has forked. */
  readonly blocks: BranchBlock[] = [new BranchBlock()];
  /** Names whose value a join has left open. */
  readonly #lost = new Set<string>();
  readonly #variables = new Map<string, Variable>();
  /** Names that some path to here binds. */
  readonly #bound = new Set<string>();
  /** Names in the order in which they were bound: a mark is a place in it, so that going back costs what was bound. */
  readonly #log: string[] = [];
  /** Names that this branch has written: no longer copies of those outside. */
  readonly #written = new Set<string>();

  private constructor(parent?: Scope) {
    this.parent = parent;
  }

  static ofPipeline(): Scope {
    return new Scope();
  }

  /**
   * An inline branch starts with copies of what is bound. A copy is made when it is needed, so that a branch costs what it
   * reads: what is outside stays as it is until the branch ends.
   */
  branch(): Scope {
    return new Scope(this);
  }

  #bind(name: string): void {
    if (this.isBound(name)) return;
    this.#bound.add(name);
    this.#log.push(name);
  }

  variable(name: string): Variable | undefined {
    return this.#variables.get(name) ?? (this.isCopy(name) ? this.parent?.variable(name) : undefined);
  }

  isBound(name: string): boolean {
    return this.#bound.has(name) || this.isCopy(name);
  }

  /** Whether a join has left open what the name holds. */
  isLost(name: string): boolean {
    return this.#lost.has(name) || (this.isCopy(name) && this.parent?.isLost(name) === true);
  }

  lose(name: string): void {
    this.#lost.add(name);
  }

  /** A name of the scope outside that this one may write, and that keeps its type; not bound unless it was. */
  adopt(variable: Variable, wasBound: boolean): void {
    this.#variables.set(variable.name, variable);
    this.#written.add(variable.name);
    if (wasBound) this.#bound.add(variable.name);
  }

  /** A name of the scope outside that this branch has not written. */
  isCopy(name: string): boolean {
    const { parent } = this;
    return parent !== undefined && !this.#written.has(name) && parent.isBound(name);
  }

  /** Makes the copy, which was bound before any mark. */
  #copy(name: string): void {
    const outer = this.isCopy(name) ? this.parent?.variable(name) : undefined;
    if (outer === undefined) return;
    if (!this.#variables.has(name)) this.#variables.set(name, outer);
    this.#bound.add(name);
  }

  *boundNames(): Iterable<string> {
    for (const name of this.parent?.boundNames() ?? []) if (this.isBound(name)) yield name;
    for (const name of this.#bound) if (this.parent?.isBound(name) !== true) yield name;
  }

  /** Variables that this scope declared itself. */
  own(): Variable[] {
    return [...this.#variables.values()].filter((variable) => this.parent?.variable(variable.name) !== variable);
  }

  /** Binds a name; it keeps the type that it has. */
  declare(variable: Variable): void {
    this.#copy(variable.name);
    this.#bind(variable.name);
    this.#written.add(variable.name);
    this.#lost.delete(variable.name);
    if (!this.#variables.has(variable.name)) this.#variables.set(variable.name, variable);
  }

  /** Puts a handler's error in force; the answer ends it and brings back what had the name. */
  shadow(variable: Variable): () => void {
    this.#copy(variable.name);
    const before = this.#variables.get(variable.name);
    const wasBound = this.#bound.has(variable.name);
    this.#variables.set(variable.name, variable);
    this.#bind(variable.name);
    return () => {
      if (before === undefined) this.#variables.delete(variable.name);
      else this.#variables.set(variable.name, before);
      if (!wasBound) this.#bound.delete(variable.name);
    };
  }

  /** A place to come back to where a path ends. */
  mark(): Mark {
    return this.#log.length;
  }

  /** What was bound since the mark and still is. */
  since(mark: Mark): string[] {
    return this.#log.slice(mark).filter((name) => this.#bound.has(name));
  }

  restore(mark: Mark): void {
    for (const name of this.#log.splice(mark)) this.#bound.delete(name);
  }

  /** What another path binds may be read where the paths meet. */
  merge(names: Iterable<string>): void {
    for (const name of names) this.#bind(name);
  }
}
