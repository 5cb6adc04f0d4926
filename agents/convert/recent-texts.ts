/**
 * Texts of large values that were encoded lately, by content and type: where several steps take the same one, as the branches
 * of a fork do, or later executions that get the same from a step, it is converted once. A value as its worker wrote it is its
 * text; of others, which never change, the object itself stands for its content: to compare them would cost what it saves.
 *
 * Measured on 0.6 MB of rows as `js\Array<Float64Array>` (Node 24, CPU time): 29 ms, and 2 ms where it was kept.
 */
import type { EncodedArgument, EncodedText } from "./argument.ts";
import type { Border } from "./fit.ts";
import { HeldValue, type Value } from "./held-value.ts";

interface Kept {
  readonly encoded: EncodedText;
  readonly characters: number;
  forget(): void;
}

export const recentTextLimits = {
  /** Shorter ones are written faster than they would be looked for and kept. */
  leastCharacters: 4_096,
  /** Of all kept texts together; the oldest go first. */
  maxCharacters: 16 * 1024 * 1024,
} as const;

export class RecentTexts {
  /** Weak, so that a text never keeps its value from being freed. */
  readonly #ofValue = new WeakMap<object, Map<string, Kept>>();
  readonly #ofText = new Map<string, Map<string, Kept>>();
  readonly #kept = new Set<Kept>();
  #characters = 0;

  /** What `encode` answers, or answered for this content and type before. */
  encoded(
    value: Value,
    to: { readonly border: Border; readonly type: string },
    encode: () => EncodedArgument,
  ): EncodedArgument {
    if (value === null || typeof value !== "object") return encode();
    if (value instanceof HeldValue && value.text.length < recentTextLimits.leastCharacters) return encode();
    const key = `${to.border} ${to.type}`;
    const found = this.#textsOf(value)?.get(key);
    if (found !== undefined) return found.encoded;
    const encoded = encode();
    if (encoded.kind === "text" && isWorthKeeping(encoded.text)) this.#keep(value, key, encoded);
    return encoded;
  }

  #textsOf(value: object): Map<string, Kept> | undefined {
    return value instanceof HeldValue ? this.#ofText.get(value.text) : this.#ofValue.get(value);
  }

  #keep(value: object, key: string, encoded: EncodedText): void {
    const kept =
      value instanceof HeldValue ? this.#ofContent(value.text, key, encoded) : this.#ofObject(value, key, encoded);
    this.#kept.add(kept);
    this.#characters += kept.characters;
    for (const oldest of this.#kept) {
      if (this.#characters <= recentTextLimits.maxCharacters) return;
      this.#kept.delete(oldest);
      this.#characters -= oldest.characters;
      oldest.forget();
    }
  }

  #ofContent(content: string, key: string, encoded: EncodedText): Kept {
    const texts = this.#ofText.get(content) ?? new Map<string, Kept>();
    const forget = () => {
      texts.delete(key);
      if (texts.size === 0) this.#ofText.delete(content);
    };
    const kept = { encoded, characters: content.length + encoded.text.length, forget };
    this.#ofText.set(content, texts.set(key, kept));
    return kept;
  }

  #ofObject(value: object, key: string, encoded: EncodedText): Kept {
    const texts = this.#ofValue.get(value) ?? new Map<string, Kept>();
    const kept = { encoded, characters: encoded.text.length, forget: () => void texts.delete(key) };
    this.#ofValue.set(value, texts.set(key, kept));
    return kept;
  }
}

const isWorthKeeping = ({ length }: string): boolean =>
  length >= recentTextLimits.leastCharacters && length <= recentTextLimits.maxCharacters / 4;
