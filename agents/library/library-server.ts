/** Inside of a library worker: runs the calls that come, all at once, and keeps what they open. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import { encodeFrame, type Frame } from "../pool/frames.ts";
import type { ContainedContext, ContainedFunction, ContainedSettings } from "../stdlib/contained/contained-function.ts";
import { problem } from "../stdlib/library-function.ts";
import { ByteBudget } from "./byte-budget.ts";
import { packTexts, unpackTexts } from "./large-texts.ts";
import type {
  AbortMessage,
  AnswerMessage,
  CallMessage,
  ClosedMessage,
  CloseMessage,
  EndMessage,
  LineMessage,
  Owner,
} from "./messages.ts";
import { OpenHandles } from "./open-handles.ts";

interface RunningCall {
  readonly owner: Owner;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

export interface LibraryServerParts {
  readonly library: ReadonlyMap<string, ContainedFunction>;
  readonly settings: ContainedSettings;
  /** See `ContainedContext`. */
  readonly marks: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Resolves when the frame has left this process. */
  send(frame: Buffer): Promise<void>;
}

export class LibraryServer {
  readonly #parts: LibraryServerParts;
  readonly #handles: OpenHandles;
  readonly #running = new Map<number, RunningCall>();
  readonly #budget: ByteBudget;

  constructor(parts: LibraryServerParts) {
    this.#parts = parts;
    this.#budget = new ByteBudget(parts.settings.limits.maxReservedBytes);
    this.#handles = new OpenHandles(parts.clock, parts.settings.limits.maxOpenHandles);
  }

  async take({ id, kind, body }: Frame): Promise<void> {
    switch (kind) {
      case "c":
        return this.#begin(id, unpackTexts(body) as CallMessage);
      case "a":
        return this.#running.get(id)?.abort.abort(JSON.parse(body) as AbortMessage);
      case "d":
        return this.#answer(id, await this.#close(JSON.parse(body) as CloseMessage));
      case "x":
        return this.#answer(id, await this.#end(JSON.parse(body) as EndMessage));
      default:
        throw new Error(`a frame of the kind '${kind}' came, which a library worker does not know`);
    }
  }

  /** Ends every call and closes all that is open. */
  async stop(): Promise<void> {
    const owners = new Set([...[...this.#running.values()].map(({ owner }) => owner), ...this.#handles.owners]);
    for (const owner of owners) await this.#end({ owner });
  }

  #begin(id: number, call: CallMessage): void {
    const abort = new AbortController();
    const ended = this.#run(id, call, abort.signal).finally(() => this.#running.delete(id));
    this.#running.set(id, { owner: call.owner, abort, ended });
  }

  async #run(id: number, call: CallMessage, signal: AbortSignal): Promise<void> {
    const reserved: (() => void)[] = [];
    const reserve = async (bytes: number): Promise<void> => {
      reserved.push(await this.#budget.take(bytes, signal));
    };
    const answer = await this.#callNoting(id, call, signal, reserve);
    await (signal.aborted ? this.#parts.send(encodeFrame("s", id, "")) : this.#answer(id, answer));
    for (const giveBack of reserved) giveBack();
  }

  async #callNoting(
    id: number,
    { owner, name, given, command }: CallMessage,
    signal: AbortSignal,
    reserve: ContainedContext["reserve"],
  ): Promise<AnswerMessage> {
    const { library } = this.#parts;
    const entry = library.get(name);
    if (entry === undefined) return problem("NotImplementedError", `the library worker has no '${name}'`);
    try {
      return await entry.run(given, { ...this.#contextOf(id, owner, signal), reserve, command });
    } catch (error) {
      return problem("RuntimeError", `'${name}' failed: ${String(error)}`);
    }
  }

  #contextOf(id: number, owner: Owner, signal: AbortSignal): Omit<ContainedContext, "reserve" | "command"> {
    const { settings, marks, clock } = this.#parts;
    return {
      signal,
      clock,
      settings,
      marks,
      resources: this.#handles.of(owner),
      log: (level, text) =>
        void this.#parts.send(
          encodeFrame("l", id, JSON.stringify({ at: clock.now(), level, text } satisfies LineMessage)),
        ),
    };
  }

  #close({ owner, handle }: CloseMessage): Promise<CanonicalValue> {
    return this.#handles.close(owner, handle).catch((error: unknown) => (error as Error).message);
  }

  /** The attempt has ended, so what still runs of it is not wanted. */
  async #end({ owner }: EndMessage): Promise<ClosedMessage> {
    const calls = [...this.#running.values()].filter((call) => call.owner === owner);
    for (const call of calls) call.abort.abort();
    await Promise.all(calls.map((call) => call.ended));
    return { left: await this.#handles.closeAll(owner) };
  }

  #answer(id: number, answer: AnswerMessage | ClosedMessage | CanonicalValue): Promise<void> {
    return this.#parts.send(encodeFrame("v", id, packTexts({ answer })));
  }
}
