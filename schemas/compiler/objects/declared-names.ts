import type { DeclaredKind } from "@polyglot/contracts";

interface Declaration {
  readonly kind: DeclaredKind;
  /** Empty for those of the whole installation. */
  readonly namespace: string;
  readonly name: string;
  readonly place: string;
}

/** The objects that YAML files declare, and where. */
export class DeclaredNames {
  readonly #places = new Map<string, string>();
  readonly #byKind = new Map<string, Map<string, string>>();

  /** Answers where the same object is declared already. */
  add({ kind, namespace, name, place }: Declaration): string | undefined {
    const key = JSON.stringify([kind, namespace, name]);
    const earlier = this.#places.get(key);
    if (earlier !== undefined) return earlier;
    this.#places.set(key, place);
    const names = this.#byKind.get(kind) ?? new Map<string, string>();
    this.#byKind.set(kind, names.set(name, place));
    return undefined;
  }

  /** Places by name, whatever the namespace. */
  of(kind: string): ReadonlyMap<string, string> {
    return this.#byKind.get(kind) ?? new Map();
  }
}
