/**
 * What condition triggers ask of this host beside its load: files, versions, networks. Each check is looked at again
 * after its period, for all pipelines that ask the same at once; readings are kept for the heartbeats.
 */
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";

export const checkLimits = {
  /** Between two rounds. */
  roundMs: 1_000,
  /** Looked at side by side. */
  concurrent: 16,
  /** Of one agent; those beyond it are told as problems. */
  checks: 2_000,
} as const;

export interface HostCheck {
  readonly key: string;
  /** Of the standard library, e.g. `T.Check.File.Exists`. */
  readonly name: string;
  /** JSON object of canonical values, as UTF-8. */
  readonly arguments: Uint8Array;
  /** Versions that the pipeline asks of runtimes, by language. */
  readonly runtimes: Readonly<Record<string, string>>;
}

export type Arguments = Readonly<Record<string, unknown>>;

/** One kind of check. Throws what kept it from looking. */
export interface Check {
  readonly periodMs: number;
  look(given: Arguments, runtimes: HostCheck["runtimes"], signal: AbortSignal): Promise<boolean>;
}

export interface CheckReading {
  readonly key: string;
  readonly holds: boolean;
  /** Why it could not be looked at; empty: it was. */
  readonly problem: string;
}

interface Asked {
  readonly check: HostCheck;
  readonly given: Arguments;
  dueMs: number;
  reading: CheckReading | undefined;
}

export interface HostChecksParts {
  readonly checks: Readonly<Record<string, Check>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class HostChecks implements Service {
  readonly name = "host checks";
  readonly #parts: HostChecksParts;
  readonly #tasks: BackgroundTasks;
  readonly #stopping = new AbortController();
  #asked = new Map<string, Asked>();
  #wake: (() => void) | undefined;

  constructor(parts: HostChecksParts) {
    this.#parts = parts;
    this.#tasks = new BackgroundTasks((error) => parts.logger.error({ err: error }, "checks of the host ended"));
  }

  async start(): Promise<void> {
    this.#tasks.add(this.#run(this.#stopping.signal));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#tasks.drain();
  }

  /** All that is asked from now on. A check that was asked before keeps its reading. */
  update(checks: readonly HostCheck[]): void {
    const before = this.#asked;
    this.#asked = new Map(
      checks.slice(0, checkLimits.checks).map((check) => [check.key, before.get(check.key) ?? this.#ask(check)]),
    );
    if (checks.length > checkLimits.checks) {
      this.#parts.logger.warn({ asked: checks.length, limit: checkLimits.checks }, "too many checks are asked");
    }
    this.#wake?.();
  }

  /** Of those that were looked at; answers at once. */
  get readings(): readonly CheckReading[] {
    return [...this.#asked.values()].flatMap(({ reading }) => reading ?? []);
  }

  #ask(check: HostCheck): Asked {
    const given = JSON.parse(new TextDecoder().decode(check.arguments)) as Arguments;
    return { check, given, dueMs: Number.NEGATIVE_INFINITY, reading: undefined };
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look(signal);
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      // With nothing asked there is nothing to wake up for.
      const waitMs = this.#asked.size === 0 ? 60_000 : checkLimits.roundMs;
      await this.#parts.clock.sleep(waitMs, AbortSignal.any([signal, woken.signal]));
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const now = this.#parts.clock.monotonic();
    const due = [...this.#asked.values()].filter((asked) => asked.dueMs <= now);
    for (let at = 0; at < due.length && !signal.aborted; at += checkLimits.concurrent) {
      await Promise.all(due.slice(at, at + checkLimits.concurrent).map((asked) => this.#lookAt(asked, signal)));
    }
  }

  async #lookAt(asked: Asked, signal: AbortSignal): Promise<void> {
    const { key, name, runtimes } = asked.check;
    const check = this.#parts.checks[name];
    const read = async (): Promise<CheckReading> => {
      if (check === undefined) return { key, holds: false, problem: `this agent knows no check '${name}'` };
      return { key, holds: await check.look(asked.given, runtimes, signal), problem: "" };
    };
    asked.reading = await read().catch((error: unknown) => ({ key, holds: false, problem: messageOf(error) }));
    asked.dueMs = this.#parts.clock.monotonic() + (check?.periodMs ?? checkLimits.roundMs * 60);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);
