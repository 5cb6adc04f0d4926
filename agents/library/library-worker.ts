/**
 * One library worker process as the agent sees it.
 *
 *     starting ──hello──> ready ──end()──> ending ──no process is left──> ended
 *         └───────── the process ends ──────────┴────────────────────────────┘
 *
 * A call whose signal aborts is aborted inside of the process, which the calls of other executions do not notice. Only a
 * process that has not let go of it within the grace period is killed, and they fail with it.
 */
import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import type { CanonicalValue } from "@polyglot/contracts";
import type { Clock, Logger } from "@polyglot/service";
import type { ContainedProcess } from "../limits/contained-process.ts";
import { graceOf } from "../limits/grace.ts";
import { encodeFrame, type Frame, FrameReader } from "../pool/frames.ts";
import { OutputLines } from "../pool/output-lines.ts";
import type { Serving } from "../pool/pool-call.ts";
import { commandVariable } from "../stdlib/contained/command-process.ts";
import { describeEnd } from "../pool/worker.ts";
import type { LibraryEnd } from "../stdlib/library-function.ts";
import { packTexts, unpackTexts } from "./large-texts.ts";
import type { AbortMessage, CallMessage, ClosedMessage, CloseMessage, EndMessage, LineMessage } from "./messages.ts";

export interface LibraryHooks {
  /** Abort: the call ends. */
  readonly signal: AbortSignal;
  onLine(line: LineMessage): void;
  /** Before the call begins: the processes that it will start. */
  onBegin?(serving: Serving): void;
}

export type LibraryReply =
  | LibraryEnd
  /** It was aborted, and nothing of it is left. */
  | { readonly kind: "stopped" }
  /** The process ended while it ran. */
  | { readonly kind: "died"; readonly reason: string };

interface Question {
  readonly hooks?: LibraryHooks;
  answer(body: string): void;
  stopped(): void;
  died(reason: string): void;
}

/**
 * How long an aborted call may take to end by itself, where the abort does not say. Longer than a command's own grace, and
 * so short that after a lost lease the process is gone before another agent may begin. Milliseconds.
 */
const abortGraceMs = 1_000;
/** Between SIGTERM and SIGKILL of a process that is no longer needed. Milliseconds. */
const endGraceMs = 500;

export class LibraryWorker {
  /** When it last had nothing to do, by the clock's monotonic time. */
  idleSince: number;
  /** Rejects when the process ends before it takes calls. */
  readonly ready: Promise<void>;
  /** Resolves when no process of the tree is left. */
  readonly ended: Promise<void>;
  readonly #process: ContainedProcess;
  readonly #channel: Duplex;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #questions = new Map<number, Question>();
  readonly #isReady = Promise.withResolvers<void>();
  #lastId = 0;
  #state: "running" | "ending" | "ended" = "running";

  constructor(process: ContainedProcess, clock: Clock, logger: Logger) {
    this.#process = process;
    this.#clock = clock;
    this.#logger = logger;
    this.#channel = process.channels[0] as Duplex;
    this.idleSince = clock.monotonic();
    this.ready = this.#isReady.promise;
    // Whoever waits for it hears of it; where nobody does, `ended` is enough.
    this.ready.catch(() => undefined);
    this.#listen();
    this.ended = this.#watchEnd();
  }

  /** Its end has begun, or is over. */
  get isGoing(): boolean {
    return this.#state !== "running";
  }

  get isIdle(): boolean {
    return this.#questions.size === 0;
  }

  call(asked: Omit<CallMessage, "command">, hooks: LibraryHooks): Promise<LibraryReply> {
    if (hooks.signal.aborted) return Promise.resolve({ kind: "stopped" });
    const message: CallMessage = { ...asked, command: randomUUID() };
    const tree = this.#process.tree.carrying(`${commandVariable}=${message.command}`);
    // The process goes on to serve other executions, whatever this one has used.
    hooks.onBegin?.({ tree, wearOut: () => undefined });
    return new Promise((resolve) => {
      const settled = new AbortController();
      const settle = (reply: LibraryReply): void => {
        settled.abort();
        resolve(hooks.signal.aborted ? { kind: "stopped" } : reply);
      };
      const id = this.#ask("c", packTexts(message), {
        hooks,
        answer: (body) => settle((unpackTexts(body) as { answer: LibraryEnd }).answer),
        // Nobody here has asked for it where the signal has not aborted: the process was told to end.
        stopped: () => settle({ kind: "died", reason: "it was told to end" }),
        died: (reason) => settle({ kind: "died", reason }),
      });
      const abort = (): void => void this.#abort(id, hooks.signal, settled.signal);
      hooks.signal.addEventListener("abort", abort, { once: true, signal: settled.signal });
    });
  }

  /** True where it was open and is closed now. Rejects with the reason where it did not close. */
  async close(message: CloseMessage): Promise<boolean> {
    const answer = await this.#request<CanonicalValue>("d", message);
    if (typeof answer === "string") throw new Error(answer);
    return answer === true;
  }

  /** Closes what an attempt has left open; undefined where the process is gone, and all of it with that. */
  endOwner(message: EndMessage): Promise<ClosedMessage | undefined> {
    return this.#request<ClosedMessage>("x", message);
  }

  /** Ends the process; what it has open is closed where it can still be. */
  async end(graceMs = endGraceMs): Promise<void> {
    if (this.#state === "running") this.#state = "ending";
    await this.#process.kill(graceMs);
    await this.ended;
  }

  #request<T>(kind: string, message: object): Promise<T | undefined> {
    return new Promise((resolve) => {
      this.#ask(kind, JSON.stringify(message), {
        answer: (body) => resolve((unpackTexts(body) as { answer: T }).answer),
        stopped: () => resolve(undefined),
        died: () => resolve(undefined),
      });
    });
  }

  #ask(kind: string, body: string, question: Question): number {
    this.#lastId = this.#lastId >= 0xffff_ffff ? 1 : this.#lastId + 1;
    if (this.#state === "ended") queueMicrotask(() => question.died("it had ended before the call"));
    else {
      this.#questions.set(this.#lastId, question);
      this.#channel.write(encodeFrame(kind, this.#lastId, body));
    }
    return this.#lastId;
  }

  async #abort(id: number, signal: AbortSignal, settled: AbortSignal): Promise<void> {
    if (this.#channel.writable) this.#channel.write(encodeFrame("a", id, abortText(signal)));
    // Also where the abort leaves less time: the process is that of other executions, too.
    await this.#clock.sleep(Math.max(abortGraceMs, graceOf(signal, abortGraceMs)), settled);
    if (settled.aborted) return;
    this.#logger.warn({ pid: this.#process.pid }, "a library worker did not let go of an aborted call and is killed");
    await this.end(0);
  }

  #listen(): void {
    const reader = new FrameReader();
    this.#channel.on("data", (chunk: Buffer) => {
      const frames = reader.push(chunk);
      if (frames === undefined) void this.end(0);
      for (const frame of frames ?? []) this.#take(frame);
    });
    // A broken channel is the process's end, which is told by the process itself.
    this.#channel.on("error", () => undefined);
    for (const stream of [this.#process.stdout, this.#process.stderr]) this.#listenOwnOutput(stream);
  }

  /** Nothing of the library writes there; what does is Node's own word on trouble. */
  #listenOwnOutput(stream: ContainedProcess["stdout"]): void {
    const lines = new OutputLines();
    const log = (texts: readonly string[]): void => {
      for (const text of texts) this.#logger.warn({ pid: this.#process.pid }, `library worker: ${text}`);
    };
    stream.on("data", (chunk: Buffer) => log(lines.push(chunk)));
    stream.on("end", () => log(lines.finish()));
    stream.on("error", () => undefined);
  }

  #take({ id, kind, body }: Frame): void {
    const question = this.#questions.get(id);
    if (kind === "h") return this.#isReady.resolve();
    if (kind === "l") return question?.hooks?.onLine(JSON.parse(body) as LineMessage);
    this.#questions.delete(id);
    if (this.#questions.size === 0) this.idleSince = this.#clock.monotonic();
    if (kind === "s") question?.stopped();
    else question?.answer(body);
  }

  async #watchEnd(): Promise<void> {
    const end = await this.#process.ended;
    this.#state = "ended";
    this.#channel.destroy();
    const reason = describeEnd(end);
    this.#isReady.reject(new Error(reason));
    const open = [...this.#questions.values()];
    this.#questions.clear();
    for (const question of open) question.died(reason);
  }
}

/** How long its commands have to end by themselves; where the abort does not say, the worker knows. */
function abortText(signal: AbortSignal): string {
  const graceMs = graceOf(signal, Number.NaN);
  return JSON.stringify((Number.isNaN(graceMs) ? {} : { graceMs }) satisfies AbortMessage);
}
