/**
 * File occurrences to activations. Agents report versions of files, again and again if they have to; the ledger in the
 * store decides what is news, and it changes in the transaction of the activation: one activation per version.
 */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import { insertActivations, type NewActivation } from "../store/activations.ts";
import type { Database } from "../store/database.ts";
import { type FileKey, fileKeyText, type FileVersion, readLedger, writeLedger } from "../store/file-ledger.ts";
import type { Activator } from "./activator.ts";
import type { Catalog } from "./catalog.ts";
import { type FileEvent, type FileWatch, fileWatches } from "./file-watches.ts";

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
  readonly #activator: Activator;
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(catalog: Catalog, activator: Activator, database: Database, clock: Clock) {
    this.#catalog = catalog;
    this.#activator = activator;
    this.#database = database;
    this.#clock = clock;
  }

  /** What agents shall watch now. */
  watches(): FileWatch[] {
    return fileWatches(this.#catalog.pipelines.values());
  }

  /** Resolves when all of them are committed, so that the agent may forget them. */
  async accept(host: string, occurrences: readonly FileOccurrence[]): Promise<void> {
    for (let at = 0; at < occurrences.length; at += maxBatch) {
      await this.#commit(host, occurrences.slice(at, at + maxBatch));
    }
  }

  async #commit(host: string, occurrences: readonly FileOccurrence[]): Promise<void> {
    const watches = new Map(this.watches().map((watch) => [`${watch.pipelineId}\n${watch.trigger.key}`, watch]));
    // A pipeline that is gone, or has another trigger by now, has no ledger to keep.
    const known = occurrences.filter((one) => watches.has(`${one.pipelineId}\n${one.triggerKey}`));
    if (known.length === 0) return;
    await this.#database.transaction(async (transaction) => {
      const ledger = await readLedger(transaction, host, known);
      const activations: NewActivation[] = [];
      const changed = new Map<string, FileOccurrence>();
      for (const occurrence of known) {
        const key = fileKeyText(occurrence);
        const event = fileEventOf(ledger.get(key), occurrence);
        if (event === undefined) continue;
        ledger.set(key, occurrence);
        changed.set(key, occurrence);
        const watch = watches.get(`${occurrence.pipelineId}\n${occurrence.triggerKey}`);
        if (watch?.events.includes(event) === true)
          activations.push(...this.#activation(watch, event, host, occurrence));
      }
      if (changed.size > 0) await writeLedger(transaction, host, new Date(this.#clock.now()), [...changed.values()]);
      if (activations.length > 0) await insertActivations(transaction, activations);
    });
  }

  /** None where the pipeline asks for more than the trigger gives, which the compiler rules out. */
  #activation(watch: FileWatch, event: FileEvent, host: string, occurrence: FileOccurrence): NewActivation[] {
    const context: Record<string, CanonicalValue> = {
      file_path: occurrence.path,
      event,
      size: occurrence.size,
      modified_at: { $datetime: occurrence.modifiedAt },
      timestamp: occurrence.seenAt,
    };
    // The context names its time as every activation event does, as text; an input takes it as the datetime it is.
    const fields: Record<string, CanonicalValue> = { ...context, timestamp: { $datetime: occurrence.seenAt } };
    const bound = watch.trigger.bindings.flatMap(({ field, input }) => {
      const value = fields[field];
      return value === undefined ? [] : [[input, value] as const];
    });
    const prepared = this.#activator.prepare({
      pipelineId: watch.pipelineId,
      triggerName: watch.trigger.name,
      triggerKey: watch.trigger.key,
      triggerContext: context,
      inputs: Object.fromEntries(bound),
      // The ledger has decided already, and a file that is moved away and back bears the version it had.
      dedupeKey: null,
      host,
    });
    return prepared.kind === "prepared" ? [prepared.activation] : [];
  }
}
