/**
 * Sends what is to be told, again until it was taken or tried too often. Any controller may: a notification is put off when
 * it is taken, so that two never send it at once, and its id goes with it, so that one who gets it twice can tell.
 */
import { notifier } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import { type DueNotification, settleNotification, takeNotifications } from "../store/alerts.ts";
import type { Database } from "../store/database.ts";
import { readObjectsOfKind } from "../store/objects.ts";
import { notification } from "./notification.ts";
import { tell, type TellParts } from "./tell.ts";

const limits = {
  periodMs: 10_000,
  /** Until the second attempt; twice as long each time, at most an hour. */
  retrySeconds: 30,
  attempts: 12,
  batch: 20,
  problemCharacters: 500,
} as const;

export interface TellerParts extends TellParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Teller implements Service {
  readonly name = "teller";
  readonly #parts: TellerParts;
  readonly #tasks: BackgroundTasks;
  readonly #stopping = new AbortController();
  #wake: (() => void) | undefined;

  constructor(parts: TellerParts) {
    this.#parts = parts;
    this.#tasks = new BackgroundTasks((error) => parts.logger.error({ error }, "the teller ended"));
  }

  async start(): Promise<void> {
    this.#tasks.add(this.#loop());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#tasks.drain();
  }

  /** There is something to tell. */
  wake(): void {
    this.#wake?.();
  }

  /** Answers how many were taken. */
  async runOnce(): Promise<number> {
    const { database, clock } = this.#parts;
    const due = await takeNotifications(database, new Date(clock.now()), limits.retrySeconds, limits.batch);
    if (due.length === 0) return 0;
    const declared = new Map((await readObjectsOfKind(database, "Notifier")).map((one) => [one.name, one.spec]));
    await Promise.all(due.map((one) => this.#send(one, declared.get(one.notifier))));
    return due.length;
  }

  async #send(due: DueNotification, spec: unknown): Promise<void> {
    const { database, clock, logger } = this.#parts;
    try {
      if (spec === undefined) throw new Error(`no Notifier '${due.notifier}' is declared`);
      await tell(notifier.shape.spec.parse(spec), notification.parse(due.content), this.#parts);
      await settleNotification(database, due.notification_id, { sentAt: new Date(clock.now()) });
    } catch (error) {
      const problem = (error as Error).message.slice(0, limits.problemCharacters);
      logger.warn({ notifier: due.notifier, notification: due.notification_id, problem }, "somebody was not told");
      const isLast = due.attempts >= limits.attempts;
      await settleNotification(database, due.notification_id, { problem, isLast });
    }
  }

  async #loop(): Promise<void> {
    const { clock, logger } = this.#parts;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      const taken = await this.runOnce().catch((error: unknown) => {
        logger.warn({ error }, "could not tell of alerts");
        return 0;
      });
      if (taken < limits.batch) await clock.sleep(limits.periodMs, AbortSignal.any([signal, woken.signal]));
    }
  }
}
