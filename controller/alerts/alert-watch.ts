/**
 * Looks at what alerts are about, on the controller that holds the shard `alerts`. States and what is told of them are
 * committed together under the shard's term, so that a change is told once, over restarts and replicas.
 */
import { createExecutionId } from "@polyglot/contracts";
import { type Clock, type Logger, Rounds, type Service } from "@polyglot/service";
import type { ShardHolder } from "../leader/shard-holder.ts";
import {
  type AlertStateRow,
  type NewNotification,
  readAlertStates,
  removeAlertStates,
  writeAlertStates,
  writeNotifications,
} from "../store/alerts.ts";
import type { Database } from "../store/database.ts";
import { holdsTerm, readObjectsOfKind } from "../store/objects.ts";
import { type DeclaredAlert, declaredAlerts } from "./declared-alerts.ts";
import { nextState, type Reading } from "./next-state.ts";
import type { Notification } from "./notification.ts";
import { type Figures, readFigures, readingsOf } from "./readings.ts";
import { sentenceOf } from "./sentence.ts";

const shard = "alerts";

const limits = {
  periodMs: 5_000,
  /** Ends are stored a little after they happen, and by clocks of several hosts. */
  overlapMs: 60_000,
  /** The oldest end that is looked at after nobody has looked for long. */
  longestMs: 3_600_000,
} as const;

/** Bears no object's name: how far outcomes were looked at. */
const cursorKey = { alert: "", subject: "outcomes" } as const;

export interface AlertWatchParts {
  readonly database: Database;
  readonly holder: Pick<ShardHolder, "termOf" | "controllerId">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after a commit that has something to tell. */
  readonly onNews: () => void;
}

export class AlertWatch implements Service {
  readonly name = "alert watch";
  readonly #parts: AlertWatchParts;
  readonly #rounds: Rounds;

  constructor(parts: AlertWatchParts) {
    this.#parts = parts;
    const { clock, logger, onNews } = parts;
    this.#rounds = new Rounds({
      clock,
      round: async () => {
        if ((await this.runOnce()) > 0) onNews();
        return limits.periodMs;
      },
      onError: (error) => {
        logger.warn({ error }, "could not look at the alerts");
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

  /** Answers how many notifications were written. */
  async runOnce(): Promise<number> {
    const { database, holder } = this.#parts;
    const term = holder.termOf(shard);
    if (term === undefined) return 0;
    const alerts = await this.#declared();
    const states = await readAlertStates(database);
    if (alerts.length === 0 && states.length === 0) return 0;
    const now = new Date(this.#parts.clock.now());
    const cursor = states.find(isCursor);
    const figures = await readFigures(database, alerts, now.getTime(), sinceOf(cursor, now));
    const round = new Round(alerts, states, figures, now);
    const cursorRow: AlertStateRow = { ...cursorKey, state: "pending", since: now, value: now.getTime() };
    const isWritten = await database.transaction(async (transaction) => {
      if (!(await holdsTerm(transaction, shard, holder.controllerId, term))) return false;
      await writeAlertStates(transaction, [...round.changed, cursorRow]);
      await removeAlertStates(transaction, round.gone);
      await writeNotifications(transaction, round.notifications);
      return true;
    });
    return isWritten ? round.notifications.length : 0;
  }

  async #declared(): Promise<DeclaredAlert[]> {
    const { database } = this.#parts;
    const [alerts, queues] = await Promise.all([
      readObjectsOfKind(database, "Alert"),
      readObjectsOfKind(database, "Queue"),
    ]);
    return declaredAlerts(alerts, queues);
  }
}

const isCursor = ({ alert, subject }: AlertStateRow): boolean =>
  alert === cursorKey.alert && subject === cursorKey.subject;

/** The first look sees what ends from then on. */
function sinceOf(cursor: AlertStateRow | undefined, now: Date): Date {
  if (cursor === undefined) return now;
  return new Date(Math.max(cursor.value - limits.overlapMs, now.getTime() - limits.longestMs));
}

/** One look at everything. */
class Round {
  readonly changed: AlertStateRow[] = [];
  readonly gone: AlertStateRow[] = [];
  readonly notifications: NewNotification[] = [];
  readonly #now: Date;

  constructor(alerts: readonly DeclaredAlert[], states: readonly AlertStateRow[], figures: Figures, now: Date) {
    this.#now = now;
    const byAlert = Map.groupBy(
      states.filter((state) => !isCursor(state)),
      (state) => state.alert,
    );
    for (const alert of alerts) {
      const own = new Map((byAlert.get(alert.name) ?? []).map((state) => [state.subject, state]));
      byAlert.delete(alert.name);
      this.#look(alert, figures, own);
    }
    // Nobody has asked for these any more: they end in silence.
    for (const left of byAlert.values()) this.gone.push(...left);
  }

  #look(alert: DeclaredAlert, figures: Figures, own: Map<string, AlertStateRow>): void {
    const readings = readingsOf(alert, figures, own);
    for (const reading of readings) {
      this.#step(alert, own.get(reading.subject), reading);
      own.delete(reading.subject);
    }
    for (const state of own.values()) this.#stepUnseen(alert, state);
  }

  /** An outcome of which there is no news stays as it is; what has no value any more is over. */
  #stepUnseen(alert: DeclaredAlert, state: AlertStateRow): void {
    const isOutcome = alert.when.outcome !== undefined;
    const holds = isOutcome && state.state !== "resolved";
    const reading = { subject: state.subject, value: isOutcome ? state.value : 0, holds, clears: !holds };
    this.#step(alert, state, reading);
  }

  #step(alert: DeclaredAlert, before: AlertStateRow | undefined, reading: Reading): void {
    const { next, news } = nextState(alert.name, before, reading, alert.forMs, this.#now);
    if (next !== undefined) this.changed.push(next);
    else if (before !== undefined) this.gone.push(before);
    if (news === undefined || alert.suspend) return;
    for (const notifier of new Set(alert.notify))
      this.notifications.push(this.#notification(alert, reading, news, notifier));
  }

  #notification(
    alert: DeclaredAlert,
    reading: Reading,
    state: "firing" | "resolved",
    notifier: string,
  ): NewNotification {
    const id = createExecutionId();
    const content: Notification = {
      ...{ id, alert: alert.name, subject: reading.subject, state, severity: alert.severity },
      message: sentenceOf(alert, reading, state),
      value: reading.value,
      at: this.#now.toISOString(),
    };
    return { id, notifier, content, at: this.#now };
  }
}
