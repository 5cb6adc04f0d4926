import type { CanonicalValue } from "@polyglot/contracts";
import { plainValue, type Value } from "../convert/held-value.ts";

/** The variables of one pipeline, or the copies that an inline branch works on. */
export class Scope {
  readonly #values: Map<string, Value>;

  constructor(values?: Iterable<readonly [string, Value]>) {
    this.#values = new Map(values);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): CanonicalValue | undefined {
    const held = this.#values.get(name);
    return held === undefined ? undefined : plainValue(held);
  }

  /** As it came, for whoever only hands it on. */
  held(name: string): Value | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  copy(): Scope {
    return new Scope(this.#values);
  }
}
