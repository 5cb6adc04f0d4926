/**
 * What attempts have open in one library worker. A handle belongs to the attempt that opened it, and its id names the
 * process, so that one of a process that is gone can be told from one that was closed.
 */
import { randomUUID } from "node:crypto";
import { type CanonicalValue, kindOfValue } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import { describeKind } from "../convert/describe.ts";
import type { Resources } from "../stdlib/contained/contained-function.ts";
import { Refused } from "../stdlib/given.ts";
import type { ClosedMessage, Owner } from "./messages.ts";

interface OpenHandle {
  readonly owner: Owner;
  readonly kind: string;
  readonly name: string;
  readonly value: object;
  readonly close: () => Promise<void> | void;
}

/** How long one close may take; what has not closed by then ends with the process. Milliseconds. */
const closeTimeoutMs = 5_000;

export class OpenHandles {
  readonly #process = randomUUID();
  readonly #open = new Map<string, OpenHandle>();
  readonly #clock: Clock;
  readonly #maxPerOwner: number;
  #last = 0;

  constructor(clock: Clock, maxPerOwner: number) {
    this.#clock = clock;
    this.#maxPerOwner = maxPerOwner;
  }

  /** Attempts that have something open. */
  get owners(): readonly Owner[] {
    return [...this.#open.values()].map(({ owner }) => owner);
  }

  /** As one attempt sees them. */
  of(owner: Owner): Resources {
    return {
      add: (kind, value, close, name = kind) => this.#add({ owner, kind, name, value, close }),
      // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as in `Resources`
      take: <T>(handle: CanonicalValue, kind: string) => this.#take(owner, handle, kind).value as T,
      close: (handle) => this.close(owner, handle),
    };
  }

  /** False where it is not open, or not the owner's. Rejects where it does not close. */
  async close(owner: Owner, handle: CanonicalValue): Promise<boolean> {
    const id = idOf(handle);
    const open = this.#open.get(id);
    if (open?.owner !== owner) return false;
    this.#open.delete(id);
    await this.#closeInTime(open);
    return true;
  }

  /** Closes all that an attempt has left open. */
  closeAll(owner: Owner): Promise<ClosedMessage["left"]> {
    const left = [...this.#open].filter(([, open]) => open.owner === owner);
    for (const [id] of left) this.#open.delete(id);
    return Promise.all(left.map(([, open]) => this.#closeNoting(open)));
  }

  #add(handle: OpenHandle): CanonicalValue {
    const own = [...this.#open.values()].filter(({ owner }) => owner === handle.owner).length;
    if (own >= this.#maxPerOwner) {
      void handle.close();
      throw new Refused("ResourceError", `an execution may have ${this.#maxPerOwner} things open at once, and it has`);
    }
    this.#last += 1;
    const id = `${this.#process}.${this.#last}`;
    this.#open.set(id, handle);
    return { $handle: id };
  }

  #take(owner: Owner, handle: CanonicalValue, kind: string): OpenHandle {
    const id = idOf(handle);
    if (kindOfValue(handle) !== "$handle") {
      throw new Refused("ConversionError", `a handle of a ${kind} is wanted, and this is ${describeKind(handle)}`);
    }
    if (!id.startsWith(`${this.#process}.`)) throw new Refused("ResourceError", goneMessage(kind));
    const open = this.#open.get(id);
    if (open === undefined) throw new Refused("ResourceError", `the ${kind} is closed already`);
    if (open.owner !== owner) throw new Refused("ResourceError", `the ${kind} belongs to another execution`);
    if (open.kind !== kind)
      throw new Refused("ConversionError", `a ${kind} is wanted, and this handle is a ${open.kind}`);
    return open;
  }

  async #closeNoting(open: OpenHandle): Promise<ClosedMessage["left"][number]> {
    const { kind, name } = open;
    try {
      await this.#closeInTime(open);
      return { kind, name };
    } catch (error) {
      return { kind, name, problem: (error as Error).message };
    }
  }

  async #closeInTime(open: OpenHandle): Promise<void> {
    const done = new AbortController();
    try {
      await Promise.race([open.close(), this.#timeout(done.signal)]);
    } finally {
      done.abort();
    }
  }

  async #timeout(done: AbortSignal): Promise<void> {
    await this.#clock.sleep(closeTimeoutMs, done);
    if (!done.aborted) throw new Error(`it did not close within ${closeTimeoutMs} ms`);
  }
}

/** Handles move between executions only by mistake, and outlive a process only when it was killed or was idle for long. */
const goneMessage = (kind: string): string =>
  `the process that held the ${kind} has ended, so it is no longer open; open it again`;

function idOf(handle: CanonicalValue): string {
  const id = kindOfValue(handle) === "$handle" ? (handle as { readonly $handle: CanonicalValue }).$handle : undefined;
  return typeof id === "string" ? id : "";
}
