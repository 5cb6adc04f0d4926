/**
 * Folders that a host keeps by digest, within limits: which lie there, who needs them, which go. What they hold, and how
 * one is made, is its owner's own.
 *
 *     absent ──keep──> kept ──beyond the limits, and nobody needs it──> being removed ──> absent
 */
import type { BackgroundTasks } from "@polyglot/service";
import { FolderUsage } from "./folder-usage.ts";
import { type FolderLimits, foldersToRemove } from "./folders-to-remove.ts";

export interface FolderOwner<Digest extends string> {
  readonly limits: FolderLimits;
  /** Runs the removals, which the owner's `stop` waits for. */
  readonly tasks: BackgroundTasks;
  /** Being made or looked at just now. */
  isBusy(digest: Digest): boolean;
  /** From this call on it is absent; resolves when it is gone from the disk. */
  remove(digest: Digest): Promise<void>;
}

export class KeptFolders<Digest extends string> {
  readonly #owner: FolderOwner<Digest>;
  readonly #usage = new FolderUsage<Digest>();
  /** In bytes. */
  readonly #sizes = new Map<Digest, number>();
  readonly #removals = new Map<Digest, Promise<void>>();

  constructor(owner: FolderOwner<Digest>) {
    this.#owner = owner;
  }

  /** It lies there, with so many bytes. */
  keep(digest: Digest, bytes: number): void {
    this.#sizes.set(digest, bytes);
  }

  /** It is used now. */
  note(digest: Digest): void {
    this.#usage.note(digest);
  }

  /** It stays until what is returned is called. */
  hold(digest: Digest): () => void {
    return this.#usage.hold(digest);
  }

  /** Those of all pipelines in force stay, whatever the limits say. */
  register(digests: Iterable<Digest>): void {
    this.#usage.register(digests);
    this.tidy();
  }

  /** Until a removal that has begun is over. */
  async removed(digest: Digest): Promise<void> {
    await this.#removals.get(digest);
  }

  tidy(): void {
    const { limits } = this.#owner;
    const folders = [...this.#sizes].map(([digest, bytes]) => ({
      digest,
      bytes,
      lastUse: this.#usage.lastUse(digest),
      isNeeded: this.#usage.isNeeded(digest) || this.#owner.isBusy(digest),
    }));
    for (const digest of foldersToRemove(folders, limits)) this.#remove(digest);
  }

  #remove(digest: Digest): void {
    this.#sizes.delete(digest);
    this.#usage.forget(digest);
    const removal = this.#owner.remove(digest).finally(() => this.#removals.delete(digest));
    this.#removals.set(
      digest,
      removal.catch(() => undefined),
    );
    this.#owner.tasks.add(removal);
  }
}
