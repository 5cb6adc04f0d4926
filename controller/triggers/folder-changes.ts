import type { CanonicalValue } from "@polyglot/contracts";
import type { FileOccurrence } from "./file-triggers.ts";
import type { FileEvent, FileWatch } from "./file-watches.ts";
import type { Occurrence } from "./occurrences.ts";

interface Changes {
  readonly watch: FileWatch;
  readonly folder: string;
  readonly changes: CanonicalValue[];
  readonly keys: string[];
  last: FileOccurrence;
}

/** Changes below folders that were told together: one occurrence of each trigger. */
export class FolderChanges {
  readonly #byTrigger = new Map<string, Changes>();

  /** `key`: of the file in the ledger. */
  add(watch: FileWatch, folder: string, event: FileEvent, seen: FileOccurrence, key: string): void {
    const place = `${watch.pipelineId}\n${watch.trigger.key}`;
    const found = this.#byTrigger.get(place) ?? { watch, folder, changes: [], keys: [], last: seen };
    this.#byTrigger.set(place, found);
    found.changes.push({ file_path: seen.path, event, size: seen.size });
    found.keys.push(key);
    found.last = seen;
  }

  /** Each with the ledger's keys of its files. */
  occurrences(host: string): { readonly occurrence: Occurrence; readonly keys: readonly string[] }[] {
    return [...this.#byTrigger.values()].map(({ watch, folder, changes, keys, last }) => ({
      keys,
      occurrence: {
        pipelineId: watch.pipelineId,
        triggerKey: watch.trigger.key,
        fields: { dir_path: folder, changes, timestamp: { $datetime: last.seenAt } },
        // The ledger has decided already.
        dedupeKey: null,
        host,
      },
    }));
  }
}
