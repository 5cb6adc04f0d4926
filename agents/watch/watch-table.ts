import { dirname } from "node:path";
import type { Logger } from "@polyglot/service";
import { Ledger } from "./ledger.ts";
import { compilePattern, type PolledPattern } from "./pattern.ts";

export interface FileWatch {
  readonly pipelineId: string;
  readonly triggerKey: string;
  /** Path or glob; relative ones start at the data root. */
  readonly pattern: string;
  /** Milliseconds between two looks, for folders that tell of no events; 0: they do. */
  readonly pollMs?: number;
}

export interface ActiveWatch {
  readonly watch: FileWatch;
  readonly pattern: PolledPattern;
  readonly ledger: Ledger;
}

/** The watches in force, found by the folders that hold a path, so that those of a thousand other pipelines are not asked. */
export class WatchTable {
  readonly #dataRoot: string;
  readonly #logger: Logger;
  readonly #watches = new Map<string, ActiveWatch>();
  #byBase: ReadonlyMap<string, readonly ActiveWatch[]> = new Map();

  constructor(dataRoot: string, logger: Logger) {
    this.#dataRoot = dataRoot;
    this.#logger = logger;
  }

  all(): readonly ActiveWatch[] {
    return [...this.#watches.values()];
  }

  /** A watch that was there before keeps its ledger. */
  replace(watches: readonly FileWatch[]): void {
    const wanted = new Map(watches.map((watch) => [keyOf(watch), watch]));
    for (const key of this.#watches.keys()) if (!wanted.has(key)) this.#watches.delete(key);
    for (const [key, watch] of wanted) {
      const pattern = this.#watches.has(key) ? undefined : this.#compile(watch);
      if (pattern !== undefined) this.#watches.set(key, { watch, pattern, ledger: new Ledger() });
    }
    this.#byBase = Map.groupBy(this.#watches.values(), ({ pattern }) => pattern.base);
  }

  of(path: string): ActiveWatch[] {
    const found: ActiveWatch[] = [];
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      for (const watch of this.#byBase.get(folder) ?? []) if (watch.pattern.matches(path)) found.push(watch);
      if (folder === dirname(folder)) return found;
    }
  }

  /** A pattern that cannot be used costs its own trigger only. */
  #compile(watch: FileWatch): PolledPattern | undefined {
    try {
      return { ...compilePattern(watch.pattern, this.#dataRoot), pollMs: watch.pollMs ?? 0 };
    } catch (problem) {
      this.#logger.error({ err: problem, pipeline: watch.pipelineId }, "a pattern cannot be watched");
      return undefined;
    }
  }
}

const keyOf = ({ pipelineId, triggerKey, pattern, pollMs = 0 }: FileWatch): string =>
  JSON.stringify([pipelineId, triggerKey, pattern, pollMs]);
