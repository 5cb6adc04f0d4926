/** Work for each of many items, some at once, with an end that does not depend on which was faster. */
import type { CanonicalValue } from "@polyglot/contracts";
import { plainValue } from "../convert/held-value.ts";
import type { Branch } from "./branch.ts";
import type { CallEnd } from "./call.ts";
import { allWaits, type Flow, stopped } from "./flow.ts";
import type { Frame } from "./frame.ts";

export interface Item {
  readonly index: number;
  readonly branch: Branch;
}

type ItemsEnd = Extract<CallEnd, { kind: "flow" }> | { readonly kind: "values"; readonly values: CanonicalValue[] };

/**
 * First results in the order of the items. Where one fails, no further one starts, those behind it are ended, and those
 * before it go on: the first error in the order of the items counts. An exit ends them all. Nothing runs any more when
 * this resolves.
 */
export async function runItems(
  count: number,
  parallel: number,
  frame: Frame,
  run: (item: Item) => Promise<CallEnd>,
): Promise<ItemsEnd> {
  const items = new Items(count, frame.branch);
  const lanes = Array.from({ length: Math.min(parallel, count) }, () => items.runLane(run));
  await Promise.all(lanes);
  const flow = items.flow ?? items.waits ?? (frame.branch.ended && count > 0 ? stopped : undefined);
  return flow === undefined ? { kind: "values", values: items.values } : { kind: "flow", flow };
}

class Items {
  readonly values: CanonicalValue[];
  readonly #parent: Branch;
  readonly #running = new Map<number, Branch>();
  #next = 0;
  /** Items from here on do not run any more. */
  #limit: number;
  #flow: Flow | undefined;
  readonly #waits: Flow[] = [];

  constructor(count: number, parent: Branch) {
    this.values = Array.from({ length: count }, () => null);
    this.#limit = count;
    this.#parent = parent;
  }

  /** What the first item that did not go through came to. */
  get flow(): Flow | undefined {
    return this.#flow;
  }

  /** What people are asked by items; the others have gone through by now. */
  get waits(): Flow | undefined {
    return this.#waits.length === 0 ? undefined : allWaits(this.#waits);
  }

  /** Takes one item after the other while there are any. */
  async runLane(run: (item: Item) => Promise<CallEnd>): Promise<void> {
    while (this.#next < this.#limit && !this.#parent.ended) {
      const index = this.#next;
      this.#next += 1;
      const branch = this.#parent.fork();
      this.#running.set(index, branch);
      this.#settle(index, await run({ index, branch }));
      this.#running.delete(index);
      this.#parent.release(branch);
    }
  }

  #settle(index: number, end: CallEnd): void {
    if (end.kind === "values") this.values[index] = plainValue(end.values[0] ?? null);
    else if (end.flow.kind === "waits") this.#waits.push(end.flow);
    // One that was ended says nothing; one behind the first that failed comes too late.
    else if (end.flow.kind !== "stopped" && index < this.#limit) this.#stopAt(index, end.flow);
  }

  #stopAt(index: number, flow: Flow): void {
    this.#flow = flow;
    this.#limit = flow.kind === "exit" ? 0 : index;
    for (const [other, branch] of this.#running) if (other !== index && other >= this.#limit) branch.abort();
  }
}
