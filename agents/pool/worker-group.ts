/**
 * The warm workers of one (namespace, runtime, environment, bundle), and the calls that wait for one of them.
 *
 * A call waits here, is sent to a worker (`placeCall` decides), and is settled by the worker's answer or end. One that
 * comes back because it never began takes its place at the front again.
 */
import { BackgroundTasks, type Clock } from "@polyglot/service";
import type { ContainedProcess } from "../limits/contained-process.ts";
import { CallTimes } from "./call-times.ts";
import { placeCall } from "./place-call.ts";
import type { PoolCall, PoolReply } from "./pool-call.ts";
import type { PoolLimits } from "./pool-limits.ts";
import type { PendingCall } from "./sent-call.ts";
import { Worker } from "./worker.ts";

export interface Launched {
  readonly process: ContainedProcess;
  /** Called once no process of the tree is left. */
  cleanUp(): Promise<void>;
}

/** What the host as a whole decides. */
export interface Host {
  /** Whether one more worker may be started, after another group's idle one was ended for it if need be. */
  makeRoom(group: WorkerGroup): boolean;
  /** Whether a worker that has just become idle is to end, because a group with fewer workers waits for its place. */
  takesPlaceOf(group: WorkerGroup): boolean;
  /** Whether all processors are at work, so that another worker would gain nothing. */
  readonly isBusy: boolean;
}

export class WorkerGroup {
  readonly key: string;
  readonly #launch: () => Promise<Launched>;
  readonly #limits: PoolLimits;
  readonly #clock: Clock;
  readonly #host: Host;
  readonly #workers = new Set<Worker>();
  readonly #times = new CallTimes();
  readonly #tasks: BackgroundTasks;
  #waiting: PendingCall[] = [];
  #launching = 0;
  #isWatching = false;
  #isPatient = false;
  /** When a call was last answered or a worker started, by the clock's monotonic time. */
  #movedAt = Number.NEGATIVE_INFINITY;
  readonly #stopping = new AbortController();
  #isStopped = false;

  constructor(
    key: string,
    launch: () => Promise<Launched>,
    limits: PoolLimits,
    clock: Clock,
    host: Host,
    onError: (error: unknown) => void,
  ) {
    this.key = key;
    this.#launch = launch;
    this.#limits = limits;
    this.#clock = clock;
    this.#host = host;
    this.#tasks = new BackgroundTasks(onError);
  }

  /** Workers that are or will be there, without those that end. */
  get size(): number {
    return this.#launching + this.#live().length;
  }

  /** Calls wait, and no worker of the group can take them without another being started. */
  get isStarved(): boolean {
    return this.#waiting.length > 0 && this.size === 0;
  }

  /** Nothing of it is left but its name. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#launching === 0 && this.#workers.size === 0;
  }

  get idleWorkers(): Worker[] {
    return this.#live().filter((worker) => worker.state === "ready" && worker.sentCount === 0);
  }

  call(call: PoolCall): Promise<PoolReply> {
    if (call.signal.aborted || this.#isStopped) return Promise.resolve({ kind: "stopped" });
    return new Promise((resolve) => {
      const expectedMs = this.#times.expectedMs(call.functionName);
      const isShort = expectedMs !== undefined && expectedMs <= this.#limits.shortCallMs;
      const onAbort = () => this.#abort(pending);
      const settle = (reply: PoolReply) => {
        call.signal.removeEventListener("abort", onAbort);
        resolve(reply);
      };
      const pending: PendingCall = { call, isShort, settle };
      call.signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(pending);
      this.dispatch();
    });
  }

  /** Sends what waits as far as workers take it, and starts more of them where that helps. */
  dispatch(): void {
    while (this.#waiting[0] !== undefined && this.#place(this.#waiting[0])) this.#waiting.shift();
  }

  /** Ends idle workers that have been so for long; those of the minimum last longer. */
  endIdle(): void {
    const now = this.#clock.monotonic();
    const idle = this.idleWorkers.sort((a, b) => a.idleSince - b.idleSince);
    let left = this.size;
    for (const worker of idle) {
      const allowedMs = left > this.#limits.minWorkersPerGroup ? this.#limits.idleMs : this.#limits.groupIdleMs;
      if (now - worker.idleSince < allowedMs) continue;
      left -= 1;
      this.end(worker);
    }
  }

  end(worker: Worker): void {
    this.#tasks.add(worker.retire(this.#limits.graceMs));
  }

  /** Ends every worker; calls that run or wait are answered with `stopped`. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopping.abort();
    for (const pending of this.#waiting.splice(0)) pending.settle({ kind: "stopped" });
    for (const worker of this.#workers) this.#tasks.add(worker.stop(this.#limits.graceMs));
    await this.#tasks.drain();
  }

  #live(): Worker[] {
    return [...this.#workers].filter(
      (worker) => worker.state === "starting" || (worker.state === "ready" && !worker.isWornOut),
    );
  }

  #place(pending: PendingCall): boolean {
    const live = this.#live();
    const ready = live.filter((worker) => worker.state === "ready");
    const starting = this.#launching + live.length - ready.length;
    const workers = ready.map((worker) => ({ sent: worker.sentCount, isShort: worker.isShort }));
    const isHostBusy = this.#host.isBusy && this.#clock.monotonic() - this.#movedAt < this.#limits.patienceMs;
    const group = { workers, starting, waiting: this.#waiting.length, isHostBusy };
    const placement = placeCall(pending.isShort, group, this.#limits);
    if (placement.kind !== "send") {
      if (pending.isShort) for (const worker of ready) worker.prepareLine();
      if (placement.kind === "start" && this.#host.makeRoom(this)) this.#start();
      if (isHostBusy) this.#lookAgain();
      return false;
    }
    ready[placement.index]?.send(pending);
    this.#watchStalls();
    return true;
  }

  /** What waits now is placed anew when its patience is over. */
  #lookAgain(): void {
    if (this.#isPatient) return;
    this.#isPatient = true;
    this.#tasks.add(this.#dispatchLater());
  }

  async #dispatchLater(): Promise<void> {
    await this.#clock.sleep(this.#limits.patienceMs, this.#stopping.signal);
    this.#isPatient = false;
    this.dispatch();
  }

  #abort(pending: PendingCall): void {
    const index = this.#waiting.indexOf(pending);
    if (index !== -1) {
      this.#waiting.splice(index, 1);
      pending.settle({ kind: "stopped" });
      return;
    }
    for (const worker of this.#workers) worker.abort(pending);
  }

  #start(): void {
    this.#movedAt = this.#clock.monotonic();
    this.#launching += 1;
    this.#tasks.add(this.#launchWorker());
  }

  async #launchWorker(): Promise<void> {
    let launched: Launched;
    try {
      launched = await this.#launch();
    } catch (error) {
      this.#launching -= 1;
      this.#onFailedStart((error as Error).message);
      return;
    }
    this.#launching -= 1;
    const worker = this.#adopt(launched);
    if (this.#isStopped) await worker.stop(0);
  }

  #adopt(launched: Launched): Worker {
    let wasReady = false;
    const deadline = new AbortController();
    const worker = new Worker(launched.process, this.#limits, this.#clock, {
      onReady: () => {
        wasReady = true;
        deadline.abort();
        this.dispatch();
      },
      onAnswered: (from, answered) => {
        this.#movedAt = this.#clock.monotonic();
        for (const { pending, durationMs } of answered) this.#times.add(pending.call.functionName, durationMs);
        this.#onRoom(from);
      },
      onGivenBack: (_from, calls) => this.#takeBack(calls),
      onEnded: (from, reason) => {
        deadline.abort();
        this.#workers.delete(from);
        this.#tasks.add(launched.cleanUp());
        if (wasReady || this.#isStopped) this.dispatch();
        else this.#onFailedStart(reason);
      },
    });
    this.#workers.add(worker);
    this.#tasks.add(this.#endIfSilent(worker, deadline.signal));
    return worker;
  }

  async #endIfSilent(worker: Worker, spoke: AbortSignal): Promise<void> {
    await this.#clock.sleep(this.#limits.startTimeoutMs, spoke);
    if (!spoke.aborted) await worker.retire(0);
  }

  #onRoom(worker: Worker): void {
    const isIdle = worker.state === "ready" && worker.sentCount === 0;
    const hasServed = this.#clock.monotonic() - worker.readySince >= this.#limits.minServiceMs;
    const mayGo = this.#waiting.length === 0 || hasServed;
    if (isIdle && (worker.isWornOut || (mayGo && this.#host.takesPlaceOf(this)))) this.end(worker);
    this.dispatch();
  }

  #takeBack(calls: readonly PendingCall[]): void {
    if (calls.length === 0) return;
    if (this.#isStopped) {
      for (const pending of calls) pending.settle({ kind: "stopped" });
      return;
    }
    // They were short on paper and stood behind one that was not; now each finds a worker of its own or waits for one.
    this.#waiting = [...calls, ...this.#waiting];
    this.dispatch();
  }

  /** A start that failed fails the calls that wait, unless another worker can still take them. */
  #onFailedStart(reason: string): void {
    if (this.size > 0) return;
    for (const pending of this.#waiting.splice(0)) pending.settle({ kind: "unstartable", reason });
  }

  /** While calls stand in line, looks every `stallMs` whether the one that runs holds them up. */
  #watchStalls(): void {
    if (this.#isWatching || !this.#live().some((worker) => worker.sentCount > 1)) return;
    this.#isWatching = true;
    this.#tasks.add(this.#recallStalled());
  }

  async #recallStalled(): Promise<void> {
    await this.#clock.sleep(this.#limits.stallMs);
    for (const worker of this.#live()) {
      if (!worker.isStalled && worker.isHeldUp(this.#limits.stallMs)) worker.recall();
    }
    this.#isWatching = false;
    this.#watchStalls();
  }
}
