/** Variables of one pipeline: their types, and which of them some path to the line being read has bound. */
import type { Span } from "../source/source-file.ts";

export interface Variable {
  readonly name: string;
  /** Keeps the type of the first binding. */
  readonly type: string;
  readonly at: Span;
  /** Nothing is known of it, because the line that binds it is in error. */
  readonly isUnknown: boolean;
  /** The type is that of a handler's error: its fields are known. */
  readonly isError?: boolean;
  /** Inputs and outer copies are not reported as unused. */
  readonly isInput: boolean;
  used: boolean;
}

export class Scope {
  readonly #variables = new Map<string, Variable>();
  /** Names that some path to here binds. */
  #bound = new Set<string>();
  /** Nodes of the current block that wrote a name last, for data dependencies. */
  #writers = new Map<string, string>();

  variable(name: string): Variable | undefined {
    return this.#variables.get(name);
  }

  isBound(name: string): boolean {
    return this.#bound.has(name);
  }

  boundNames(): string[] {
    return [...this.#bound];
  }

  variables(): Iterable<Variable> {
    return this.#variables.values();
  }

  declare(variable: Variable): Variable {
    const known = this.#variables.get(variable.name);
    this.#bound.add(variable.name);
    if (known !== undefined) return known;
    this.#variables.set(variable.name, variable);
    return variable;
  }

  /** Ends a name: a handler's error when its lines end. */
  forget(name: string, before: Variable | undefined): void {
    this.#variables.delete(name);
    if (before === undefined) this.#bound.delete(name);
    else this.#variables.set(name, before);
  }

  /** What is bound now, to come back to where a path ends. */
  mark(): ReadonlySet<string> {
    return new Set(this.#bound);
  }

  restore(marked: ReadonlySet<string>): void {
    this.#bound = new Set(marked);
  }

  writer(name: string): string | undefined {
    return this.#writers.get(name);
  }

  wrote(name: string, node: string): void {
    this.#writers.set(name, node);
  }

  /** Runs over the lines of a nested block, whose dependencies are among themselves. */
  inBlock<Result>(walk: () => Result): Result {
    const outer = this.#writers;
    this.#writers = new Map();
    const result = walk();
    this.#writers = outer;
    return result;
  }
}
