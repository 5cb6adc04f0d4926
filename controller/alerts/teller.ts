/**
 * Sends what is to be told, again until it was taken or tried too often. Any controller may: a notification is put off when
 * it is taken, so that two never send it at once, and its id goes with it, so that one who gets it twice can tell.
 */
import { notifier } from "@polyglot/contracts";
import { type Clock, type Logger, Rounds, type Service } from "@polyglot/service";
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
  readonly #rounds: Rounds;

  constructor(parts: TellerParts) {
    this.#parts = parts;
    const { clock, logger } = parts;
    this.#rounds = new Rounds({
      clock,
      round: async () => ((await this.runOnce()) < limits.batch ? limits.periodMs : 0),
      onError: (error) => {
        logger.warn({ error }, "could not tell of alerts");
        return limits.periodMs;
      },
    });
  }

  async start(): Promise<void> {
    this.#rounds.start();
  }

  async stop(): Promise<void> {
    await this.#rounds.stop();
  }

  /** There is something to tell. */
  wake(): void {
    this.#rounds.wake();
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
}
