/**
 * Group commit: items that arrive while a commit is under way go together in the next one, so that the cost of a
 * commit (a disk flush) is paid once for all of them and the first one never waits for company.
 */
export interface GroupCommitLimits {
  /** Items in one commit. */
  readonly maxItems: number;
  /** Commits under way at once. */
  readonly maxConcurrent: number;
}

interface Pending<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit<Item, Answer> {
  readonly #commit: (items: Item[]) => Promise<readonly Answer[]>;
  readonly #limits: GroupCommitLimits;
  #pending: Pending<Item, Answer>[] = [];
  #underWay = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];

  /** `commit` answers once per item, in the items' order; when it rejects, each item's `add` rejects. */
  constructor(commit: (items: Item[]) => Promise<readonly Answer[]>, limits: GroupCommitLimits) {
    this.#commit = commit;
    this.#limits = limits;
  }

  /** Items that wait or are being committed: what backpressure looks at. */
  get waiting(): number {
    return this.#pending.length;
  }

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when all that was added has been answered. */
  async drain(): Promise<void> {
    if (this.#pending.length === 0 && this.#underWay === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** The turn of the event loop that brought one item often brings more: the commit starts at its end. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= this.#limits.maxConcurrent) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0 || this.#underWay >= this.#limits.maxConcurrent) return;
    const group = this.#pending.splice(0, this.#limits.maxItems);
    this.#underWay += 1;
    if (this.#pending.length > 0) this.#schedule();
    try {
      const answers = await this.#commit(group.map((entry) => entry.item));
      group.forEach((entry, index) => entry.resolve(answers[index] as Answer));
    } catch (error) {
      for (const entry of group) entry.reject(error);
    } finally {
      this.#underWay -= 1;
      if (this.#pending.length > 0) this.#schedule();
      else if (this.#underWay === 0) for (const wake of this.#idle.splice(0)) wake();
    }
  }
}
