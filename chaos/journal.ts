/** What user code really did, as it wrote it down itself: lines of `WORD KEY MILLISECONDS`. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";

export interface Entry {
  readonly word: string;
  readonly key: string;
  /** By the host's clock, since the epoch. */
  readonly atMs: number;
}

export class Journal {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    writeFileSync(path, "");
    // User code may run as another user than this process.
    chmodSync(path, 0o666);
  }

  entries(): readonly Entry[] {
    return readFileSync(this.#path, "utf8").split("\n").filter(Boolean).map(parseEntry);
  }

  of(word: string, key: string): readonly Entry[] {
    return this.entries().filter((entry) => entry.word === word && entry.key === key);
  }

  /** How often user code wrote `word`, by key. */
  counts(word: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const entry of this.entries()) {
      if (entry.word === word) counts.set(entry.key, (counts.get(entry.key) ?? 0) + 1);
    }
    return counts;
  }
}

function parseEntry(line: string): Entry {
  const [word = "", key = "", at = ""] = line.split(" ");
  return { word, key, atMs: Number(at) };
}
