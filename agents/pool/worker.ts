/**
 * One warm worker process and the calls that were sent to it.
 *
 *     starting ──hello──> ready ──retire()──> ending ──no process is left──> ended
 *         └──────────── the process ends ────────┴───────────────────────────┘
 *
 * A call that was sent is in line until the worker says that it begins. When the process ends, those that had begun have
 * died with it (or stop, where that was asked); those still in line never ran and go back to whoever sent them.
 */
import type { Duplex } from "node:stream";
import { finished } from "node:stream/promises";
import type { Clock } from "@polyglot/service";
import type { ContainedProcess, ProcessEnd } from "../limits/contained-process.ts";
import { graceOf } from "../limits/grace.ts";
import { encodeFrame, type Frame, FrameReader, maxFrameBytes } from "./frames.ts";
import { OwnStream } from "./own-stream.ts";
import type { OutputLine, PoolCall } from "./pool-call.ts";
import { type PendingCall, SentCall } from "./sent-call.ts";
import { Wear, type WearLimits } from "./wear.ts";

export interface WorkerListener {
  /** It takes calls now. */
  onReady(worker: Worker): void;
  /** Calls were answered; there is room for more. `durationMs` as the worker took it. */
  onAnswered(worker: Worker, answered: readonly { readonly pending: PendingCall; readonly durationMs: number }[]): void;
  /** Calls that did not begin here and are to be sent elsewhere, in order. */
  onGivenBack(worker: Worker, calls: readonly PendingCall[]): void;
  onEnded(worker: Worker, reason: string): void;
}

/** What is kept of a process's own output, to explain why it ended. Characters. */
const keptOutputCharacters = 2_000;

/**
 * From a call's answer to the marks that end its output, which were written before it: they are only to be read. So they
 * fail to come where user code has closed or turned away its process's own streams. Milliseconds.
 */
const markTimeoutMs = 10_000;

/** From the end of a process to the end of its streams, which a process that escaped its tree may hold. Milliseconds. */
const drainTimeoutMs = 5_000;

export class Worker {
  /** When its last call was answered, by the clock's monotonic time. */
  idleSince: number;
  /** When it first took calls, by the clock's monotonic time. */
  readySince: number;
  /** The call that runs takes long, and the ones behind it were asked back. */
  isStalled = false;
  readonly #process: ContainedProcess;
  readonly #listener: WorkerListener;
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #wear: Wear;
  readonly #channel: Duplex;
  readonly #recalls: Duplex;
  readonly #sent = new Map<number, SentCall>();
  readonly #streams: readonly OwnStream<SentCall>[];
  readonly #ended: Promise<void>;
  #state: "starting" | "ready" | "ending" | "ended" = "starting";
  #lastId = 0;
  #outbox: Buffer[] = [];
  /** Calls that are over and not settled. */
  #over: number[] = [];
  #lastOutput = "";
  #isStopped = false;
  /** Calls that stand in line can be had back, whatever the one that runs does. */
  #canLineUp: "no" | "asked" | "yes" = "no";

  constructor(
    process: ContainedProcess,
    limits: WearLimits & { readonly graceMs: number },
    clock: Clock,
    listener: WorkerListener,
  ) {
    this.#process = process;
    this.#graceMs = limits.graceMs;
    this.#wear = new Wear(limits);
    this.#clock = clock;
    this.#listener = listener;
    this.idleSince = clock.monotonic();
    this.readySince = this.idleSince;
    [this.#channel, this.#recalls] = process.channels as [Duplex, Duplex];
    this.#streams = [this.#ownStream(process.stdout, "info"), this.#ownStream(process.stderr, "warning")];
    this.#listen();
    this.#ended = this.#watchEnd();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get state(): "starting" | "ready" | "ending" | "ended" {
    return this.#state;
  }

  get sentCount(): number {
    return this.#sent.size;
  }

  /** It answers what was sent to it, takes nothing more and goes. */
  get isWornOut(): boolean {
    return this.#wear.isWornOut;
  }

  /** Whether a short call may stand in line here. */
  get isShort(): boolean {
    if (this.isStalled || this.#canLineUp !== "yes") return false;
    for (const { pending } of this.#sent.values()) if (!pending.isShort) return false;
    return true;
  }

  /** Asks a worker that would pay for it in start time and memory to get ready for a line. */
  prepareLine(): void {
    if (this.#canLineUp !== "no" || this.#state !== "ready") return;
    this.#canLineUp = "asked";
    this.#channel.write(encodeFrame("k", 0, ""));
  }

  send(pending: PendingCall): void {
    this.#lastId = this.#lastId >= 0xffff_ffff ? 1 : this.#lastId + 1;
    this.#sent.set(this.#lastId, new SentCall(pending, this.#streams, this.#clock));
    this.#outbox.push(encodeFrame("c", this.#lastId, pending.call.body));
    // Calls of the same turn of the event loop leave in one write.
    if (this.#outbox.length === 1) setImmediate(() => this.#flush());
  }

  /** The signal of a call that was sent here has aborted. */
  abort(pending: PendingCall): void {
    const entry = [...this.#sent].find(([, sent]) => sent.pending === pending);
    if (entry === undefined) return;
    const [id, sent] = entry;
    if (sent.begunAt === undefined) this.#askBack([id]);
    else this.#endIfAllAborted();
  }

  /** Whether the call that runs has taken longer than `stallMs` while others stand in line behind it. */
  isHeldUp(stallMs: number): boolean {
    if (this.#sent.size < 2) return false;
    const head = this.#firstSent((sent) => sent.answer === undefined);
    return head?.begunAt !== undefined && this.#clock.monotonic() - head.begunAt >= stallMs;
  }

  /** Asks for every call back that has not begun. */
  recall(): void {
    this.isStalled = true;
    this.#askBack([...this.#sent].filter(([, sent]) => sent.begunAt === undefined).map(([id]) => id));
  }

  /** Ends the process because its calls are no longer wanted: they are answered with `stopped`. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopped = true;
    await this.retire(graceMs);
  }

  /** Ends the process. Answers when no process of its tree is left and every call sent to it is settled or given back. */
  async retire(graceMs: number): Promise<void> {
    if (this.#state !== "ended") this.#state = "ending";
    await this.#process.kill(graceMs);
    await this.#ended;
  }

  #askBack(ids: readonly number[]): void {
    if (ids.length > 0) this.#recalls.write(encodeFrame("r", 0, JSON.stringify(ids)));
  }

  #flush(): void {
    const frames = this.#outbox;
    this.#outbox = [];
    if (this.#channel.writable) this.#channel.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
  }

  #listen(): void {
    for (const channel of [this.#channel, this.#recalls]) {
      const reader = new FrameReader();
      channel.on("data", (chunk: Buffer) => {
        const frames = reader.push(chunk);
        if (frames === undefined && reader.isTooLong) this.#refuseAnswer();
        else this.#read(frames);
      });
      // A broken channel is the process's end, which is told by the process itself.
      channel.on("error", () => undefined);
    }
  }

  #ownStream(stream: ContainedProcess["stdout"], level: string): OwnStream<SentCall> {
    return new OwnStream<SentCall>(stream, level, this.#process.name, {
      ownerOn: (own) => this.#firstSent((sent) => sent.streams.has(own)),
      onEndOf: (own, id) => {
        const sent = this.#sent.get(id);
        sent?.streams.delete(own);
        if (sent?.isOver === true) this.#settleSoon(sent, id);
      },
      onText: (text, owner) => {
        this.#keepOutput(text.subarray(-keptOutputCharacters).toString());
        owner?.pending.call.onOutput?.(text.length);
      },
    });
  }

  #keepOutput(text: string): void {
    this.#lastOutput = `${this.#lastOutput}${text}`.slice(-keptOutputCharacters);
  }

  #firstSent(which: (sent: SentCall) => boolean): SentCall | undefined {
    for (const sent of this.#sent.values()) if (which(sent)) return sent;
    return undefined;
  }

  #read(frames: readonly Frame[] | undefined): void {
    if (frames === undefined) {
      this.#lastOutput += "something wrote into the channel that belongs to Polyglot\n";
      void this.retire(0);
      return;
    }
    for (const frame of frames) this.#take(frame);
  }

  #refuseAnswer(): void {
    if (this.#state !== "ended") this.#state = "ending";
    const message = `it answered with more than ${maxFrameBytes / 2 ** 20} MB`;
    void this.#process.endFor({ error: "ResourceError", message });
  }

  #take(frame: Frame): void {
    const sent = this.#sent.get(frame.id);
    switch (frame.kind) {
      case "h":
        this.#hello();
        break;
      case "b":
        if (sent !== undefined) this.#begin(sent);
        break;
      case "l":
        if (sent !== undefined) takeLine(sent.pending.call, JSON.parse(frame.body) as OutputLine);
        break;
      case "v":
      case "e":
        if (sent !== undefined) this.#answer(sent, frame);
        break;
      case "k":
        this.#canLineUp = "yes";
        break;
      case "r":
        this.#takeBack(JSON.parse(frame.body) as number[]);
        break;
      default:
        this.#read(undefined);
    }
  }

  #hello(): void {
    if (this.#state !== "starting") return;
    this.#state = "ready";
    this.readySince = this.#clock.monotonic();
    this.#listener.onReady(this);
  }

  #begin(sent: SentCall): void {
    sent.begunAt = this.#clock.monotonic();
    sent.pending.call.onBegin({ tree: this.#process.tree, wearOut: () => this.#wear.wearOut() });
    this.#releaseStreams();
    if (sent.pending.call.signal.aborted) this.#endIfAllAborted();
  }

  #answer(sent: SentCall, frame: Frame): void {
    sent.answer = frame;
    if (sent.isOver) this.#settleSoon(sent, frame.id);
    else setImmediate(() => void this.#expectMarks(sent, frame.id));
  }

  /** Most often they are here in the same turn of the event loop. */
  async #expectMarks(sent: SentCall, id: number): Promise<void> {
    if (sent.isOver) return;
    sent.marksExpected = new AbortController();
    await this.#clock.sleep(markTimeoutMs, sent.marksExpected.signal);
    if (sent.marksExpected.signal.aborted) return;
    this.#wear.wearOut();
    sent.streams.clear();
    this.#releaseStreams();
    this.#settleSoon(sent, id);
  }

  #releaseStreams(): void {
    for (const stream of this.#streams) stream.release();
  }

  /** Calls of the same turn of the event loop are settled together. */
  #settleSoon(sent: SentCall, id: number): void {
    sent.marksExpected?.abort();
    this.#over.push(id);
    if (this.#over.length === 1) setImmediate(() => this.#settleOver());
  }

  #settleOver(): void {
    if (this.#over.length === 0) return;
    const answered = this.#over.flatMap((id) => {
      const sent = this.#sent.get(id);
      this.#sent.delete(id);
      return sent?.answer === undefined ? [] : [{ sent, frame: sent.answer }];
    });
    this.#over = [];
    this.isStalled = false;
    this.idleSince = this.#clock.monotonic();
    for (const { sent, frame } of answered) settleWith(sent.pending, frame);
    const times = answered.map(({ sent, frame }) => {
      const { durationMs, memoryPeakMb } = costOf(frame);
      this.#wear.add(memoryPeakMb);
      return { pending: sent.pending, durationMs };
    });
    this.#endIfAllAborted();
    // What it was ending for has been answered after all; it has been told to take no more calls, so it goes.
    if (this.#state === "ending" && this.#sent.size === 0) void this.retire(this.#graceMs);
    this.#listener.onAnswered(this, times);
  }

  #takeBack(ids: readonly number[]): void {
    const calls = ids.flatMap((id) => {
      const sent = this.#sent.get(id);
      this.#sent.delete(id);
      return sent === undefined ? [] : [sent.pending];
    });
    this.#giveBack(calls);
    this.#releaseStreams();
  }

  #giveBack(calls: readonly PendingCall[]): void {
    for (const pending of calls) if (pending.call.signal.aborted) pending.settle({ kind: "stopped" });
    this.#listener.onGivenBack(
      this,
      calls.filter((pending) => !pending.call.signal.aborted),
    );
  }

  /**
   * Ends the process when every call that runs in it was aborted. A worker runs calls of one execution only at a time,
   * so what may hold up the end is another branch of the same execution. Until then it takes no further calls.
   */
  #endIfAllAborted(): void {
    const begun = [...this.#sent.values()].filter((sent) => sent.begunAt !== undefined);
    const aborted = begun.filter(({ pending }) => pending.call.signal.aborted);
    if (aborted.length === 0) return;
    if (this.#state === "ready") {
      this.#state = "ending";
      this.recall();
    }
    if (aborted.length < begun.length) return;
    const graces = aborted.map(({ pending }) => graceOf(pending.call.signal, this.#graceMs));
    void this.retire(Math.min(...graces));
  }

  async #watchEnd(): Promise<void> {
    const closed = finished(this.#channel, { writable: false }).catch(() => undefined);
    const end = await this.#process.ended;
    this.#state = "ending";
    await closed;
    await this.#drainStreams();
    this.#state = "ended";
    for (const [id, sent] of this.#sent) if (sent.answer !== undefined) this.#settleSoon(sent, id);
    this.#settleOver();
    this.#recalls.destroy();
    this.#channel.destroy();
    const left = [...this.#sent.values()];
    this.#sent.clear();
    for (const sent of left) if (sent.begunAt !== undefined) this.#settleDead(sent.pending, end);
    this.#giveBack(left.filter((sent) => sent.begunAt === undefined).map((sent) => sent.pending));
    this.#listener.onEnded(this, `${describeEnd(end)}\n${this.#lastOutput}`.trim());
  }

  async #drainStreams(): Promise<void> {
    const drained = new AbortController();
    const all = Promise.all(this.#streams.map((stream) => stream.drain())).then(() => drained.abort());
    await Promise.race([all, this.#clock.sleep(drainTimeoutMs, drained.signal)]);
    this.#process.stdout.destroy();
    this.#process.stderr.destroy();
  }

  #settleDead(pending: PendingCall, end: ProcessEnd): void {
    if (this.#isStopped || pending.call.signal.aborted) pending.settle({ kind: "stopped" });
    else pending.settle({ kind: "died", end, lastOutput: this.#lastOutput.trim() });
  }
}

function takeLine(call: PoolCall, line: OutputLine): void {
  call.onLine(line);
  call.onOutput?.(Buffer.byteLength(line.text) + 1);
}

function settleWith(pending: PendingCall, frame: Frame): void {
  pending.settle({ kind: frame.kind === "v" ? "value" : "error", body: frame.body });
}

/** Every answer begins with its cost: CPU time, memory peak, duration, conversion, in µs and kB. */
function costOf(frame: Frame): { readonly durationMs: number; readonly memoryPeakMb: number } {
  const [, peakKb = 0, durationUs = 0] = /^\{"cost":\[\d+,(\d+),(\d+),/.exec(frame.body) ?? [];
  return { durationMs: Number(durationUs) / 1000, memoryPeakMb: Number(peakKb) / 1024 };
}

export function describeEnd(end: ProcessEnd): string {
  switch (end.kind) {
    case "signal":
      return `it died by ${end.signal}`;
    case "exit":
      return `it ended with exit code ${end.code}`;
    case "limit":
    case "failed":
      return end.message;
  }
}
