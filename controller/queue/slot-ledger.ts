/** Who takes a place: the queue, and within it the pipeline, the key and the share each count their own. */
export interface SlotUser {
  readonly executionId: string;
  readonly queue: string;
  readonly pipelineId: string;
  readonly concurrencyKey: string | null;
  readonly shareKey: string | null;
}

export const queueScope = (queue: string): string => queue;
export const pipelineScope = (queue: string, pipelineId: string): string => `${queue}\npipeline\n${pipelineId}`;
export const keyScope = (queue: string, key: string): string => `${queue}\nkey\n${key}`;
export const shareScope = (queue: string, share: string): string => `${queue}\nshare\n${share}`;

/**
 * Which executions take places now. A place is taken and given by the execution's id, so that doing either twice changes
 * nothing, and all counts follow from who is in it. The truth is what runs in the store: the running set makes this the same again and again.
 */
export class SlotLedger {
  readonly #users = new Map<string, SlotUser>();
  readonly #used = new Map<string, number>();

  /** Ids of those that have places. */
  get users(): Iterable<string> {
    return this.#users.keys();
  }

  used(scope: string): number {
    return this.#used.get(scope) ?? 0;
  }

  take(user: SlotUser): void {
    if (this.#users.has(user.executionId)) return;
    this.#users.set(user.executionId, user);
    for (const scope of scopesOf(user)) this.#used.set(scope, this.used(scope) + 1);
  }

  /** Answers who had it; undefined where nobody did. */
  give(executionId: string): SlotUser | undefined {
    const user = this.#users.get(executionId);
    if (user === undefined) return undefined;
    this.#users.delete(executionId);
    for (const scope of scopesOf(user)) {
      const left = this.used(scope) - 1;
      if (left > 0) this.#used.set(scope, left);
      else this.#used.delete(scope);
    }
    return user;
  }
}

function scopesOf({ queue, pipelineId, concurrencyKey, shareKey }: SlotUser): string[] {
  const scopes = [queueScope(queue), pipelineScope(queue, pipelineId)];
  if (concurrencyKey !== null) scopes.push(keyScope(queue, concurrencyKey));
  if (shareKey !== null) scopes.push(shareScope(queue, shareKey));
  return scopes;
}
