/** Which steps of a block read what which others wrote. Blocks nest: what a nested one reads, its step reads. */
interface Frame {
  /** The step of this block that wrote a name last. */
  readonly writers: Map<string, string>;
  /** Names that the step being checked reads, and writes. */
  reads: Set<string>;
  writes: Set<string>;
  readonly allReads: Set<string>;
}

export class Dependencies {
  readonly #frames: Frame[] = [createFrame()];

  read(name: string): void {
    this.#top.reads.add(name);
  }

  write(name: string): void {
    this.#top.writes.add(name);
  }

  /** The steps that this one comes after, in the order in which it reads their results. */
  endStep(node: string): string[] {
    const frame = this.#top;
    const after = new Set<string>();
    for (const name of frame.reads) {
      const writer = frame.writers.get(name);
      if (writer !== undefined) after.add(writer);
      frame.allReads.add(name);
    }
    for (const name of frame.writes) frame.writers.set(name, node);
    frame.reads = new Set();
    frame.writes = new Set();
    return [...after];
  }

  /** Checks the lines of a nested block as part of the step that holds them. An isolated one writes copies. */
  nested<Result>(check: () => Result, isIsolated = false): Result {
    const frame = createFrame();
    this.#frames.push(frame);
    const result = check();
    this.#frames.pop();
    for (const name of frame.allReads) this.read(name);
    if (!isIsolated) for (const name of frame.writers.keys()) this.write(name);
    return result;
  }

  get #top(): Frame {
    const frame = this.#frames.at(-1);
    if (frame === undefined) throw new Error("the outermost block is never left");
    return frame;
  }
}

function createFrame(): Frame {
  return { writers: new Map(), reads: new Set(), writes: new Set(), allReads: new Set() };
}
