/**
 * A value as the worker that made it wrote it, read only when somebody looks inside. Most results go on to a worker of
 * another language: the text is good there as it is, and neither parsed nor written in between.
 *
 * Parts of the text may be references to memory that workers share: `{"$shared":[name,type,shape]}`, elements of one type in
 * an order, little-endian. They go on as they are, too, and become lists and bytes for whoever reads the value.
 */
import type { CanonicalValue } from "@polyglot/contracts";
import { readJson } from "./read-json.ts";
import { plainOfParts, type SharedMemory } from "./shared-part.ts";

export type Value = CanonicalValue | HeldValue;

export class HeldValue {
  readonly text: string;
  /** Where its parts lie; absent where it has none. */
  readonly memory: SharedMemory | undefined;
  #value: CanonicalValue | undefined;

  constructor(text: string, memory?: SharedMemory) {
    this.text = text;
    this.memory = memory;
  }

  get value(): CanonicalValue {
    this.#value ??= this.#read();
    return this.#value;
  }

  /** It holds tags, which only a walk can read; references to shared memory are not counted. */
  get isTagged(): boolean {
    if (!this.text.includes("$")) return false;
    const text = this.memory === undefined ? this.text : this.text.replaceAll('{"$shared":', "");
    return text.includes('"$');
  }

  /** It may hold ints that a reader of plain JSON would not keep exact. */
  get isWide(): boolean {
    return /[[,:]-?\d{16}/.test(this.text);
  }

  #read(): CanonicalValue {
    // The reader of numbers looks for what stands between delimiters.
    const [read] = readJson(`[${this.text}]`) as [CanonicalValue];
    return this.memory === undefined ? read : plainOfParts(read, this.memory);
  }
}

export const plainValue = (value: Value): CanonicalValue => (value instanceof HeldValue ? value.value : value);
