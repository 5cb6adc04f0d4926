/** The contained library as one attempt uses it, and what the attempt owns there. */
import type { CanonicalValue } from "@polyglot/contracts";
import { type LibraryArguments, type LibraryEnd, problem } from "../stdlib/library-function.ts";
import type { LibraryHooks, LibraryWorker } from "./library-worker.ts";
import type { ClosedMessage } from "./messages.ts";

export interface SessionParts {
  /** The namespace's process as it is now. */
  worker(): Promise<LibraryWorker>;
  onEnd(): void;
}

export type SessionEnd = LibraryEnd | { readonly kind: "stopped" };

export class LibrarySession {
  readonly #owner: string;
  readonly #parts: SessionParts;
  /** The last that it used: an earlier one is gone, and what it held is gone with it. */
  worker: LibraryWorker | undefined;

  constructor(owner: string, parts: SessionParts) {
    this.#owner = owner;
    this.#parts = parts;
  }

  async call(name: string, given: LibraryArguments, hooks: LibraryHooks): Promise<SessionEnd> {
    if (hooks.signal.aborted) return { kind: "stopped" };
    try {
      this.worker = await this.#parts.worker();
    } catch (error) {
      return problem("ResourceError", `no process for '${name}' could be started: ${(error as Error).message}`);
    }
    const reply = await this.worker.call({ owner: this.#owner, name, given }, hooks);
    if (reply.kind !== "died") return reply;
    return problem("ResourceError", `the process that ran '${name}' is gone: ${reply.reason}`);
  }

  /** False where it is not open any more. Rejects with the reason where it does not close. */
  async close(handle: CanonicalValue): Promise<boolean> {
    return (await this.worker?.close({ owner: this.#owner, handle })) ?? false;
  }

  /** The attempt has ended: closes what it has left open, and answers what that was. */
  async end(): Promise<ClosedMessage["left"]> {
    this.#parts.onEnd();
    const { worker } = this;
    this.worker = undefined;
    const closed = worker === undefined || worker.isGoing ? undefined : await worker.endOwner({ owner: this.#owner });
    return closed?.left ?? [];
  }
}
