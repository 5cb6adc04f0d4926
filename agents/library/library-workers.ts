/**
 * The library workers of a host: one process for each namespace, and one more for its executions without a network. In it calls of many executions run at once, and an
 * execution finds what it has opened, whichever step asks. One process and not several, because a handle lives where it
 * was opened; a step that is ended is ended inside of it.
 *
 * The namespace is that of the execution's own pipeline, also in the pipelines that it calls: so a callee can use a
 * handle of its caller.
 */
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import type { LaunchedWorker } from "../limits/worker-launcher.ts";
import type { OwnProgram } from "../runtimes/own-program.ts";
import type { ContainedSettings } from "../stdlib/contained/contained-function.ts";
import { LibrarySession } from "./library-session.ts";
import { LibraryWorker } from "./library-worker.ts";
import { libraryProgram } from "./program-file.ts";

export interface LibraryWorkersParts {
  /** Contains a program of our own like user code. */
  readonly launcher: { launchProgram(program: OwnProgram): Promise<LaunchedWorker> };
  readonly settings: ContainedSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<LibraryWorkerLimits>;
}

export interface LibraryWorkerLimits {
  /** Processes of all namespaces; beyond it the one that has been idle longest ends, or the call fails. */
  readonly maxWorkers: number;
  /** A worker that no execution uses ends when it has had nothing to do for so long. */
  readonly idleMs: number;
  /** From the launch to the worker's first word. */
  readonly startTimeoutMs: number;
}

const defaultLimits: LibraryWorkerLimits = { maxWorkers: 64, idleMs: 900_000, startTimeoutMs: 60_000 };

/** What executions have to share to use one process. */
interface Surroundings {
  readonly namespace: string;
  /** Absent: what the agent lets the library reach. */
  readonly network?: "none";
}

interface Namespace {
  readonly worker: Promise<LibraryWorker>;
  /** Set once it has started. */
  started?: LibraryWorker;
}

export class LibraryWorkers implements Service {
  readonly name = "library workers";
  readonly #parts: LibraryWorkersParts;
  readonly #limits: LibraryWorkerLimits;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #sessions = new Set<LibrarySession>();
  readonly #tasks: BackgroundTasks;
  #running: AbortController | undefined;

  constructor(parts: LibraryWorkersParts) {
    this.#parts = parts;
    this.#limits = { ...defaultLimits, ...parts.limits };
    this.#tasks = new BackgroundTasks((error) => parts.logger.error({ err: error }, "library workers"));
  }

  /** Starts no process: most hosts never need one for most of their namespaces. */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    this.#running = new AbortController();
    this.#tasks.add(this.#endIdle(this.#running.signal));
  }

  async stop(): Promise<void> {
    this.#running?.abort();
    this.#running = undefined;
    const workers = [...this.#namespaces.values()].map(({ worker }) => worker);
    await Promise.all(workers.map((worker) => worker.then((one) => one.end()).catch(() => undefined)));
    await this.#tasks.drain();
  }

  /** The library as one attempt uses it. It costs nothing until the first call; `end` has to be called at the attempt's end. */
  openSession(attempt: { readonly owner: string } & Surroundings): LibrarySession {
    const session = new LibrarySession(attempt.owner, {
      worker: () => this.#workerOf(attempt),
      onEnd: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    return session;
  }

  /** Rejects where no process can be had. */
  #workerOf({ namespace: name, network }: Surroundings): Promise<LibraryWorker> {
    const namespace = network === undefined ? name : `${name}\n${network}`;
    const known = this.#namespaces.get(namespace);
    if (known !== undefined && known.started?.isGoing !== true) return known.worker;
    const starting: Namespace = { worker: this.#start(namespace, network) };
    this.#namespaces.set(namespace, starting);
    this.#tasks.add(this.#noteStart(namespace, starting));
    return starting.worker;
  }

  async #noteStart(namespace: string, starting: Namespace): Promise<void> {
    try {
      starting.started = await starting.worker;
    } catch {
      // Whoever asked for it hears why; the next one tries again.
      this.#forget(namespace, starting);
    }
  }

  async #start(namespace: string, network: Surroundings["network"]): Promise<LibraryWorker> {
    const { launcher, settings, clock, logger } = this.#parts;
    if (this.#running === undefined) throw new Error("the agent is ending");
    this.#makeRoom();
    const launched = await launcher.launchProgram(libraryProgram(settings, network));
    const worker = new LibraryWorker(launched.process, clock, logger);
    this.#tasks.add(this.#cleanUp(namespace, worker, launched));
    await this.#awaitReady(worker);
    return worker;
  }

  async #awaitReady(worker: LibraryWorker): Promise<void> {
    const done = new AbortController();
    this.#tasks.add(this.#endIfSilent(worker, done.signal));
    await worker.ready.finally(() => done.abort());
  }

  async #endIfSilent(worker: LibraryWorker, spoke: AbortSignal): Promise<void> {
    await this.#parts.clock.sleep(this.#limits.startTimeoutMs, spoke);
    if (!spoke.aborted) await worker.end(0);
  }

  async #cleanUp(namespace: string, worker: LibraryWorker, launched: LaunchedWorker): Promise<void> {
    await worker.ended;
    const known = this.#namespaces.get(namespace);
    if (known?.started === worker) this.#forget(namespace, known);
    await launched.cleanUp();
  }

  #forget(namespace: string, known: Namespace): void {
    if (this.#namespaces.get(namespace) === known) this.#namespaces.delete(namespace);
  }

  #makeRoom(): void {
    const staying = [...this.#namespaces.values()].filter(({ started }) => started?.isGoing !== true);
    if (staying.length < this.#limits.maxWorkers) return;
    const [oldest] = this.#idle().sort((a, b) => a.idleSince - b.idleSince);
    if (oldest === undefined) throw new Error(`${this.#limits.maxWorkers} namespaces use the library at once`);
    this.#tasks.add(oldest.end());
  }

  /** An execution that has used a worker may have something open in it. */
  #idle(): LibraryWorker[] {
    const used = new Set([...this.#sessions].map((session) => session.worker));
    const started = [...this.#namespaces.values()].flatMap((namespace) => namespace.started ?? []);
    return started.filter((worker) => worker.isIdle && !worker.isGoing && !used.has(worker));
  }

  async #endIdle(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(this.#limits.idleMs / 2, signal);
      const now = clock.monotonic();
      for (const worker of this.#idle()) {
        if (now - worker.idleSince >= this.#limits.idleMs) this.#tasks.add(worker.end());
      }
    }
  }
}
