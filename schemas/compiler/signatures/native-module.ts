/** What a file of native code offers, as far as its text says. */
import type { Signature } from "@polyglot/contracts";

export interface NativeModule {
  /** By name; without signature where the text does not say it (a class, an imported name, a decorated function). */
  readonly functions: ReadonlyMap<string, Signature | undefined>;
  /** More names may exist than the text shows, such as those of `from x import *`. */
  readonly isOpen: boolean;
  /** Functions that cannot be called because of a type that has no counterpart, by name. */
  readonly unsupported: ReadonlyMap<string, string>;
  /** The first place that the grammar does not understand. */
  readonly unread?: UnreadPlace;
}

export interface UnreadPlace {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

export class ModuleBuilder implements NativeModule {
  readonly functions = new Map<string, Signature | undefined>();
  readonly unsupported = new Map<string, string>();
  isOpen = false;

  /** A name that stands more than once has no single signature. */
  add(name: string, signature: Signature | undefined): void {
    const isKnown = this.functions.has(name);
    this.functions.set(name, isKnown ? undefined : signature);
  }
}

export type Parameter = Signature["parameters"][number];
