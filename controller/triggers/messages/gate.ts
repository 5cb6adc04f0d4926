/** Open or shut; those who wait go on when it opens, or when it is left open for good. */
export class Gate {
  #waiting: Promise<void> | undefined;
  #open: () => void = () => {};

  get passed(): Promise<void> {
    return this.#waiting ?? Promise.resolve();
  }

  shut(): void {
    this.#waiting ??= new Promise((resolve) => (this.#open = resolve));
  }

  open(): void {
    this.#waiting = undefined;
    this.#open();
  }
}
