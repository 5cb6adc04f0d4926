import type { ForkStep } from "@polyglot/contracts";
import type { Value } from "../convert/held-value.ts";
import type { Clock } from "@polyglot/service";
import type { Branch } from "./branch.ts";
import type { Place } from "./journal.ts";
import { allWaits, type Flow, letsOthersEnd } from "./flow.ts";

/** How a branch ended, and what it gives back in order. Without `next` it gives nothing. */
export interface ForkEnd {
  readonly flow: Flow;
  readonly results: readonly (readonly [name: string, value: Value])[];
}

interface EndedFork {
  readonly fork: OpenFork;
  /** By the clock's monotonic time. */
  readonly at: number;
}

export interface OpenFork {
  readonly step: ForkStep;
  readonly branch: Branch;
  /** Of a durable execution. */
  readonly place: Place | undefined;
  /** Never rejects. */
  readonly end: Promise<ForkEnd>;
}

/** The forks of one block, from their line to their join. */
export class OpenForks {
  readonly #open = new Map<string, OpenFork>();
  /** Those that a join left behind: cancelled, but a step of them may still be running. */
  readonly #leaving = new Set<OpenFork>();
  /** Those that have ended, in the order of their ends. */
  readonly #ended: EndedFork[] = [];
  readonly #clock: Pick<Clock, "monotonic">;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  add(fork: OpenFork): void {
    this.#open.set(fork.step.node, fork);
    void this.#noteEnd(fork);
  }

  /** Those that have ended in the order in which they did, then the others. */
  byEnd(forks: readonly OpenFork[]): OpenFork[] {
    return [
      ...this.#endedOf(forks).map(({ fork }) => fork),
      ...forks.filter((fork) => !this.#ended.some((ended) => ended.fork === fork)),
    ];
  }

  /** Milliseconds between the first and the last end among those that have ended. */
  spreadOf(forks: readonly OpenFork[]): number {
    const ended = this.#endedOf(forks);
    return (ended.at(-1)?.at ?? 0) - (ended[0]?.at ?? 0);
  }

  /** Open forks with these node ids, in the order of their lines. */
  among(nodes: readonly string[]): OpenFork[] {
    if (this.#open.size === 0 || nodes.length === 0) return [];
    return [...this.#open.values()].filter((fork) => nodes.includes(fork.step.node));
  }

  /** Hands forks to a join: from now on they are no longer open. */
  take(nodes: readonly string[]): OpenFork[] {
    const taken = this.among(nodes);
    for (const fork of taken) {
      this.#open.delete(fork.step.node);
      this.#leaving.add(fork);
    }
    return taken;
  }

  /** Waits for forks that a line is told to follow. */
  async ended(nodes: readonly string[]): Promise<void> {
    for (const fork of this.among(nodes)) await fork.end;
  }

  /**
   * At the end of the block, which came to `flow`: nothing of a fork is left when this resolves. What a join left behind
   * can matter to nobody any more, so its running steps are killed; where the block has failed or was ended, those of open
   * forks as well. Answers what the block and its open forks wait for, where it waits.
   */
  async close(flow: Flow): Promise<Flow> {
    if (this.#open.size === 0 && this.#leaving.size === 0) return flow;
    const open = [...this.#open.values()];
    for (const fork of letsOthersEnd(flow) ? this.#leaving : [...open, ...this.#leaving]) fork.branch.abort();
    const ends = await Promise.all(open.map((fork) => fork.end));
    await Promise.all([...this.#leaving].map((fork) => fork.end));
    return flow.kind === "waits" ? allWaits([flow, ...ends.map((end) => end.flow)]) : flow;
  }

  async #noteEnd(fork: OpenFork): Promise<void> {
    await fork.end;
    this.#ended.push({ fork, at: this.#clock.monotonic() });
  }

  #endedOf(forks: readonly OpenFork[]): EndedFork[] {
    return this.#ended.filter(({ fork }) => forks.includes(fork));
  }
}
