/** Which of the folders that a host keeps are needed, and in which order the others last were. */
export class FolderUsage<Digest extends string> {
  readonly #holds = new Map<Digest, number>();
  readonly #lastUse = new Map<Digest, number>();
  #registered: ReadonlySet<Digest> = new Set();
  #uses = 0;

  /** A call or a worker process needs it, until what is returned is called. */
  hold(digest: Digest): () => void {
    this.#holds.set(digest, (this.#holds.get(digest) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#release(digest);
    };
  }

  /** Those of all pipelines in force. */
  register(digests: Iterable<Digest>): void {
    this.#registered = new Set(digests);
  }

  note(digest: Digest): void {
    this.#uses += 1;
    this.#lastUse.set(digest, this.#uses);
  }

  forget(digest: Digest): void {
    this.#lastUse.delete(digest);
  }

  isNeeded(digest: Digest): boolean {
    return this.#holds.has(digest) || this.#registered.has(digest);
  }

  /** Below 1 for one that this agent has not used since it started. */
  lastUse(digest: Digest): number {
    return this.#lastUse.get(digest) ?? 0;
  }

  #release(digest: Digest): void {
    this.note(digest);
    const left = (this.#holds.get(digest) ?? 1) - 1;
    if (left === 0) this.#holds.delete(digest);
    else this.#holds.set(digest, left);
  }
}
