/** What is being done about things that are not ready: said to all who wait for one, again when it changes. */

export type OnProgress = (text: string) => void;

export class Progress {
  readonly #said = new Map<string, string>();
  readonly #listeners = new Map<string, Set<OnProgress>>();

  /** Whether something is being done about it. */
  has(key: string): boolean {
    return this.#said.has(key);
  }

  tell(key: string, text: string): void {
    this.#said.set(key, text);
    for (const listener of this.#listeners.get(key) ?? []) listener(text);
  }

  /** Hears at once what was said last. */
  listen(key: string, listener: OnProgress): void {
    const said = this.#said.get(key);
    if (said === undefined) return;
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    listener(said);
  }

  /** It is ready, or given up. */
  end(key: string): void {
    this.#said.delete(key);
    this.#listeners.delete(key);
  }
}
