import { Heap } from "@polyglot/service";

export interface GateWake {
  readonly queue: string;
  readonly gate: string;
  readonly atMs: number;
}

/** When gates open that only time opens: the soonest one first, each of them once. */
export class GateWakes {
  readonly #heap = new Heap<GateWake>((a, b) => a.atMs - b.atMs);
  readonly #known = new Set<string>();

  get nextMs(): number | undefined {
    return this.#heap.peek()?.atMs;
  }

  add(wake: GateWake): void {
    const key = `${wake.queue}\n${wake.gate}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#heap.push(wake);
  }

  /** The ones that open by now; they are not known any more. */
  takeDue(nowMs: number): GateWake[] {
    const due: GateWake[] = [];
    for (let next = this.#heap.peek(); next !== undefined && next.atMs <= nowMs; next = this.#heap.peek()) {
      this.#heap.pop();
      this.#known.delete(`${next.queue}\n${next.gate}`);
      due.push(next);
    }
    return due;
  }
}
