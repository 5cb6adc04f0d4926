/**
 * What those who share one queue have had, by start-time fair queueing (Goyal, Vin, Cheng: 1996): each start moves the
 * share's own virtual time on by 1 / weight, and the queue's to where that start began. Who asked for nothing for a while
 * begins at the queue's time: it has gathered no claim, and the others had what it left. Both times only rise, so that the
 * next owner of the queue goes on from what the store has.
 */
export class ShareAccount {
  #now = 0;
  /** Of shares that are ahead of the queue. */
  readonly #times = new Map<string, number>();

  /** The queue's virtual time. */
  get now(): number {
    return this.#now;
  }

  /** The virtual time at which its next start begins. */
  timeOf(share: string): number {
    return Math.max(this.#times.get(share) ?? 0, this.#now);
  }

  start(share: string, weight: number): void {
    this.#now = this.timeOf(share);
    this.#times.set(share, this.#now + 1 / weight);
  }

  /** The start did not come about. */
  refund(share: string, weight: number): void {
    const time = this.#times.get(share);
    if (time !== undefined) this.#times.set(share, time - 1 / weight);
  }

  /** As the store has it: never back, as a claim may be on its way. */
  raise(share: string | undefined, time: number): void {
    if (share === undefined) this.#now = Math.max(this.#now, time);
    else this.#times.set(share, Math.max(this.#times.get(share) ?? 0, time));
  }

  /** Forgets those that the queue has caught up with: they begin at its time. */
  prune(): void {
    for (const [share, time] of this.#times) if (time <= this.#now) this.#times.delete(share);
  }
}
