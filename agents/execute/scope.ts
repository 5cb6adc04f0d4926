import type { CanonicalValue } from "@polyglot/contracts";

/** The variables of one pipeline, or the copies that an inline branch works on. */
export class Scope {
  readonly #values: Map<string, CanonicalValue>;

  constructor(values?: Iterable<readonly [string, CanonicalValue]>) {
    this.#values = new Map(values);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): CanonicalValue | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: CanonicalValue): void {
    this.#values.set(name, value);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  copy(): Scope {
    return new Scope(this.#values);
  }
}
