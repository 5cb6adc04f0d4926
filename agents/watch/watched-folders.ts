import type { Clock } from "@polyglot/service";
import { FolderHints, type HintListener } from "./folder-hints.ts";
import type { PolledPattern } from "./pattern.ts";

type Folder = Pick<PolledPattern, "base" | "depth" | "pollMs">;

/** The folders that the system tells of, each once for all patterns of one depth. */
export class WatchedFolders {
  readonly #clock: Clock;
  readonly #listener: HintListener;
  readonly #folders = new Map<string, { readonly folder: Folder; readonly hints: FolderHints }>();

  constructor(clock: Clock, listener: HintListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  all(): readonly Folder[] {
    return [...this.#folders.values()].map(({ folder }) => folder);
  }

  /** Resolves when all of them are watched, and no other. */
  async follow(folders: readonly Folder[]): Promise<void> {
    const wanted = new Map(folders.map((folder) => [keyOf(folder), folder]));
    for (const [key, { hints }] of this.#folders) {
      if (wanted.has(key)) continue;
      this.#folders.delete(key);
      await hints.stop();
    }
    for (const [key, folder] of wanted) {
      if (this.#folders.has(key)) continue;
      const hints = new FolderHints(folder, this.#clock, this.#listener);
      this.#folders.set(key, { folder, hints });
      await hints.start();
    }
  }
}

const keyOf = ({ base, depth, pollMs }: Folder): string => `${depth}:${pollMs}:${base}`;
