/**
 * The one contract of every long-running part: `start` resolves when the part does its work, `stop` when nothing of it
 * is left. Stopping before the start, or twice, is fine. A start that fails undoes itself before it rejects.
 */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts services in order and stops them in reverse; a failed start stops those that had started. */
export class ServiceGroup implements Service {
  readonly name: string;
  readonly #members: readonly Service[];
  #started: Service[] = [];

  constructor(name: string, members: readonly Service[]) {
    this.name = name;
    this.#members = members;
  }

  async start(): Promise<void> {
    for (const member of this.#members) {
      try {
        await member.start();
        this.#started.push(member);
      } catch (cause) {
        await this.stop();
        throw new Error(`${this.name}: ${member.name} did not start`, { cause });
      }
    }
  }

  async stop(): Promise<void> {
    const started = this.#started.reverse();
    this.#started = [];
    for (const member of started) await member.stop();
  }
}

/** Promises that run beside the caller. `drain` waits for all of them; a failure goes to `onError`, never nowhere. */
export class BackgroundTasks {
  readonly #running = new Set<Promise<void>>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  add(task: Promise<unknown>): void {
    const tracked = task.then(() => undefined, this.#onError).finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
