/** Work of which only the newest run counts: calls while one is under way are all answered by the one after it. */
export class Coalesced {
  readonly #work: () => Promise<void>;
  #isAsked = false;
  #running: Promise<void> | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Resolves when a run that began after this call has ended. */
  async run(): Promise<void> {
    this.#isAsked = true;
    this.#running ??= this.#runWhileAsked().finally(() => (this.#running = undefined));
    await this.#running;
  }

  async #runWhileAsked(): Promise<void> {
    while (this.#isAsked) {
      this.#isAsked = false;
      await this.#work();
    }
  }
}
