import type { AttemptReference, AttemptResult } from "@polyglot/contracts/service";
import { Unsettled } from "./unsettled.ts";

export type AttemptKey = `${string}/${number}`;

export const attemptKey = (attempt: Pick<AttemptReference, "executionId" | "attemptNo">): AttemptKey =>
  `${attempt.executionId}/${attempt.attemptNo}`;

/** A background branch that goes on under an id of its own. The controller knows it once its parent is settled. */
interface Branch<Stream> {
  readonly parent: AttemptKey;
  /** The stream that brought the parent. */
  readonly home: Stream | undefined;
  /** How it ended, before the controller knew it. */
  result?: AttemptResult;
}

/**
 * The attempts that the agent answers for.
 *
 *     accept ──> running ──report──> unsettled ──settle──> forgotten
 *      adopt ──────┘└── lose ──> forgotten                 (the lease ran out: nobody is told how it ended)
 */
export class Attempts<Stream extends object> {
  readonly unsettled = new Unsettled<AttemptKey, AttemptResult, Stream>();
  readonly #running = new Set<AttemptKey>();
  /** Attempts of which something still runs, and the streams that brought them. */
  readonly #places = new Map<AttemptKey, Stream>();
  readonly #branches = new Map<AttemptKey, Branch<Stream>>();
  /** The latest of those that were lost: controllers need not take them for attempts that never came. */
  readonly #lost = new Set<AttemptKey>();

  get running(): number {
    return this.#running.size;
  }

  /** False for one that is held already. */
  accept(key: AttemptKey, stream: Stream): boolean {
    if (this.#running.has(key) || this.unsettled.has(key)) return false;
    this.#running.add(key);
    this.#places.set(key, stream);
    return true;
  }

  /** A branch of an attempt goes on after it. It runs in its parent's place, and takes none of its own. */
  adopt(key: AttemptKey, parent: AttemptKey): void {
    this.#running.add(key);
    this.#branches.set(key, { parent, home: this.homeOf(parent) });
  }

  /** The stream that brought an attempt of which something still runs. */
  homeOf(key: AttemptKey): Stream | undefined {
    return this.#places.get(key) ?? this.#branches.get(key)?.home;
  }

  /** Whether no controller can know the attempt yet: its parent's result, which names it, is not settled. */
  isUnknown(key: AttemptKey): boolean {
    const parent = this.#branches.get(key)?.parent;
    return parent !== undefined && (this.#running.has(parent) || this.unsettled.has(parent));
  }

  /** Nothing of the attempt runs any more: its place is free. */
  leave(key: AttemptKey): Stream | undefined {
    const home = this.#places.get(key);
    this.#places.delete(key);
    return home;
  }

  /**
   * Undefined when the attempt is not held any more, when it is not known yet, or when no stream is open; else the stream
   * that carries the result.
   */
  report(result: AttemptResult): Stream | undefined {
    const key = attemptKey(result);
    if (!this.#running.has(key)) return undefined;
    const branch = this.#branches.get(key);
    if (branch !== undefined && this.isUnknown(key)) {
      branch.result = result;
      return undefined;
    }
    const home = this.homeOf(key);
    this.#running.delete(key);
    this.#branches.delete(key);
    return this.unsettled.add(key, result, home);
  }

  /** A controller has settled the attempt, so it knows its branches. Answers the streams that carry their results. */
  settle(key: AttemptKey): ReadonlySet<Stream> {
    this.unsettled.settle(key);
    const carriers = new Set<Stream>();
    for (const { parent, result } of [...this.#branches.values()]) {
      const carrier = parent === key && result !== undefined ? this.report(result) : undefined;
      if (carrier !== undefined) carriers.add(carrier);
    }
    return carriers;
  }

  lose(key: AttemptKey): void {
    this.forget(key);
    this.#note(key);
  }

  /** It did not begin. */
  forget(key: AttemptKey): void {
    this.#running.delete(key);
    this.#branches.delete(key);
  }

  /** Their branches are gone with them: results that nobody has settled name none. */
  loseRunning(): void {
    for (const key of this.#running) this.#note(key);
    this.#running.clear();
    this.#branches.clear();
    for (const result of this.unsettled.items()) result.background = [];
  }

  references(): readonly AttemptName[] {
    return [...this.#running, ...this.unsettled.keys()].map(nameOf);
  }

  /** The latest of those that were lost. */
  lostReferences(): readonly AttemptName[] {
    return [...this.#lost].map(nameOf);
  }

  #note(key: AttemptKey): void {
    this.#lost.add(key);
    const [oldest] = this.#lost;
    if (this.#lost.size > keptLost && oldest !== undefined) this.#lost.delete(oldest);
  }
}

type AttemptName = Pick<AttemptReference, "executionId" | "attemptNo">;

function nameOf(key: AttemptKey): AttemptName {
  const slash = key.lastIndexOf("/");
  return { executionId: key.slice(0, slash), attemptNo: Number(key.slice(slash + 1)) };
}

/** More than an agent has at once: those before them the controllers have heard of. */
const keptLost = 10_000;
