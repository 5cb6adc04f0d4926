/**
 * File occurrences to activations. Agents report versions of files, again and again if they have to; the ledger in the
 * store decides what is news, and it changes in the transaction of the activation: one activation per version.
 */
import type { Clock } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import { type FileKey, fileKeyText, type FileVersion, readLedger, writeLedger } from "../store/file-ledger.ts";
import type { Catalog } from "./catalog.ts";
import { type FileEvent, type FileWatch, fileWatches } from "./file-watches.ts";
import { FolderChanges } from "./folder-changes.ts";
import type { Occurrence, Occurrences } from "./occurrences.ts";

/** Occurrences of one transaction. */
const maxBatch = 500;

/** A version of a file that an agent saw. */
export interface FileOccurrence extends FileKey, FileVersion {
  /** Bytes; 0 where it is gone. */
  readonly size: number;
  /** ISO 8601, as `seenAt`. */
  readonly modifiedAt: string;
  readonly seenAt: string;
}

/** What happened to the file between two versions; undefined: nothing new. Pure. */
export function fileEventOf(before: FileVersion | undefined, seen: FileVersion): FileEvent | undefined {
  if (!seen.present) return before?.present === true ? "deleted" : undefined;
  if (before?.present !== true) return "created";
  return before.version === seen.version ? undefined : "modified";
}

export class FileTriggers {
  readonly #catalog: Catalog;
  readonly #occurrences: Pick<Occurrences, "admit" | "isSuspended">;
  readonly #database: Database;
  readonly #clock: Clock;
  /** One after the other: those that wait for the ledger hold no connection. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    catalog: Catalog,
    occurrences: Pick<Occurrences, "admit" | "isSuspended">,
    database: Database,
    clock: Clock,
  ) {
    this.#catalog = catalog;
    this.#occurrences = occurrences;
    this.#database = database;
    this.#clock = clock;
  }

  /** What agents shall watch now. What comes while a pipeline is suspended is news once it is not. */
  watches(): FileWatch[] {
    const pipelines = [...this.#catalog.pipelines.values()];
    return fileWatches(pipelines.filter((pipeline) => !this.#occurrences.isSuspended(pipeline)));
  }

  /** Resolves when all of them are committed, so that the agent may forget them. */
  async accept(host: string, occurrences: readonly FileOccurrence[]): Promise<void> {
    for (let at = 0; at < occurrences.length; at += maxBatch) {
      const commit = this.#turn.then(() => this.#commit(host, occurrences.slice(at, at + maxBatch)));
      this.#turn = commit.catch(() => undefined);
      await commit;
    }
  }

  async #commit(host: string, occurrences: readonly FileOccurrence[]): Promise<void> {
    const watches = new Map(this.watches().map((watch) => [`${watch.pipelineId}\n${watch.trigger.key}`, watch]));
    // A pipeline that is gone, or has another trigger by now, has no ledger to keep.
    const known = occurrences.filter((one) => watches.has(`${one.pipelineId}\n${one.triggerKey}`));
    if (known.length === 0) return;
    await this.#database.transaction(async (transaction) => {
      const ledger = await readLedger(transaction, host, known);
      const events = new Map<Occurrence, readonly string[]>();
      const together = new FolderChanges();
      const changed = new Map<string, FileOccurrence>();
      for (const occurrence of known) {
        const key = fileKeyText(occurrence);
        const event = fileEventOf(ledger.get(key), occurrence);
        if (event === undefined) continue;
        ledger.set(key, occurrence);
        changed.set(key, occurrence);
        const watch = watches.get(`${occurrence.pipelineId}\n${occurrence.triggerKey}`);
        if (watch?.events.includes(event) !== true) continue;
        if (watch.folder === undefined) events.set(occurrenceOf(event, host, occurrence), [key]);
        else together.add(watch, watch.folder, event, occurrence, key);
      }
      for (const { occurrence, keys } of together.occurrences(host)) events.set(occurrence, keys);
      // What has no room now is news again when the agent looks next.
      const left = await this.#occurrences.admit(transaction, [...events.keys()]);
      for (const occurrence of left) for (const key of events.get(occurrence) ?? []) changed.delete(key);
      if (changed.size > 0) await writeLedger(transaction, host, new Date(this.#clock.now()), [...changed.values()]);
    });
  }
}

/** Who made the file is no matter: only agents of its host can read it. */
function occurrenceOf(event: FileEvent, host: string, seen: FileOccurrence): Occurrence {
  return {
    pipelineId: seen.pipelineId,
    triggerKey: seen.triggerKey,
    fields: {
      file_path: seen.path,
      event,
      size: seen.size,
      modified_at: { $datetime: seen.modifiedAt },
      timestamp: { $datetime: seen.seenAt },
    },
    // The ledger has decided already, and a file that is moved away and back bears the version it had.
    dedupeKey: null,
    host,
  };
}
