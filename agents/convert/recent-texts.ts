/**
 * Texts of large values that were encoded lately, by value and type: where several steps take the same one, as the branches
 * of a fork do, it is converted once. Canonical values never change, so the object itself stands for its content.
 */
import type { EncodedArgument, EncodedText } from "./argument.ts";
import type { Border } from "./fit.ts";
import { HeldValue, type Value } from "./held-value.ts";

interface Kept {
  /** Weak, so that a text never keeps its value from being freed. */
  readonly value: WeakRef<object>;
  readonly key: string;
  readonly encoded: EncodedText;
}

export const recentTextLimits = {
  /** Shorter ones are written faster than they would be looked for and kept. */
  leastCharacters: 4_096,
  /** Of all kept texts together; the oldest go first. */
  maxCharacters: 16 * 1024 * 1024,
} as const;

export class RecentTexts {
  readonly #ofValue = new WeakMap<object, Map<string, Kept>>();
  readonly #kept = new Set<Kept>();
  #characters = 0;

  /** What `encode` answers, or answered for this value and type before. */
  encoded(
    value: Value,
    to: { readonly border: Border; readonly type: string },
    encode: () => EncodedArgument,
  ): EncodedArgument {
    if (value === null || typeof value !== "object" || value instanceof HeldValue) return encode();
    const key = `${to.border} ${to.type}`;
    const found = this.#ofValue.get(value)?.get(key);
    if (found !== undefined) return found.encoded;
    const encoded = encode();
    if (encoded.kind === "text" && this.#isWorthKeeping(encoded.text)) this.#keep(value, key, encoded);
    return encoded;
  }

  #isWorthKeeping({ length }: string): boolean {
    return length >= recentTextLimits.leastCharacters && length <= recentTextLimits.maxCharacters / 4;
  }

  #keep(value: object, key: string, encoded: EncodedText): void {
    const kept: Kept = { value: new WeakRef(value), key, encoded };
    const texts = this.#ofValue.get(value) ?? new Map<string, Kept>();
    this.#ofValue.set(value, texts.set(key, kept));
    this.#kept.add(kept);
    this.#characters += encoded.text.length;
    for (const oldest of this.#kept) {
      if (this.#characters <= recentTextLimits.maxCharacters) return;
      this.#forget(oldest);
    }
  }

  #forget(kept: Kept): void {
    this.#kept.delete(kept);
    this.#characters -= kept.encoded.text.length;
    const value = kept.value.deref();
    if (value !== undefined) this.#ofValue.get(value)?.delete(kept.key);
  }
}
