/** What alerts are at, what they look at, and whom they tell. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readCosts = sqlFile("read-pipeline-costs");
const readFigures = sqlFile("read-host-figures");
const readOutcomes = sqlFile("read-last-outcomes");
const readStatesQuery = sqlFile("read-alert-states");
const writeStatesQuery = sqlFile("write-alert-states");
const removeStatesQuery = sqlFile("remove-alert-states");
const writeNotificationsQuery = sqlFile("write-notifications");
const takeQuery = sqlFile("take-notifications");
const settleQuery = sqlFile("settle-notification");
const readProblems = sqlFile("read-notification-problems");

export interface AlertStateRow {
  readonly alert: string;
  /** What it is about; empty: the whole installation. */
  readonly subject: string;
  readonly state: "pending" | "firing" | "resolved";
  readonly since: Date;
  readonly value: number;
}

export interface PipelineCosts {
  readonly pipeline_id: string;
  readonly duration_ms: number;
  readonly cpu_time_ms: number;
  readonly memory_peak_mb: number;
}

export interface LastOutcomes {
  readonly pipeline_id: string;
  readonly succeeded_at: Date | null;
  readonly failed_at: Date | null;
  readonly killed_at: Date | null;
  readonly dead_lettered_at: Date | null;
}

export interface HostFigureRow {
  readonly agent_id: string;
  readonly name: string;
  readonly value: number;
}

export const readPipelineCosts = (database: Queryable, since: Date): Promise<PipelineCosts[]> =>
  database.query<PipelineCosts>(readCosts, [since]);
export const readHostFigures = (database: Queryable, since: Date): Promise<HostFigureRow[]> =>
  database.query<HostFigureRow>(readFigures, [since]);
export const readLastOutcomes = (database: Queryable, since: Date): Promise<LastOutcomes[]> =>
  database.query<LastOutcomes>(readOutcomes, [since]);
export const readAlertStates = (database: Queryable): Promise<AlertStateRow[]> =>
  database.query<AlertStateRow>(readStatesQuery);

export async function writeAlertStates(database: Queryable, states: readonly AlertStateRow[]): Promise<void> {
  if (states.length === 0) return;
  await database.query(writeStatesQuery, [
    states.map((one) => one.alert),
    states.map((one) => one.subject),
    states.map((one) => one.state),
    states.map((one) => one.since),
    states.map((one) => one.value),
  ]);
}

export async function removeAlertStates(
  database: Queryable,
  states: readonly Pick<AlertStateRow, "alert" | "subject">[],
): Promise<void> {
  if (states.length === 0) return;
  await database.query(removeStatesQuery, [states.map((one) => one.alert), states.map((one) => one.subject)]);
}

export interface NewNotification {
  readonly id: string;
  readonly notifier: string;
  readonly content: unknown;
  readonly at: Date;
}

export async function writeNotifications(database: Queryable, all: readonly NewNotification[]): Promise<void> {
  if (all.length === 0) return;
  await database.query(writeNotificationsQuery, [
    all.map((one) => one.id),
    all.map((one) => one.notifier),
    all.map((one) => JSON.stringify(one.content)),
    all.map((one) => one.at),
  ]);
}

export interface DueNotification {
  readonly notification_id: string;
  readonly notifier: string;
  readonly content: unknown;
  /** This one included. */
  readonly attempts: number;
  readonly at: Date;
}

/** `retrySeconds`: until the second attempt; twice as long each time. */
export const takeNotifications = (
  database: Queryable,
  now: Date,
  retrySeconds: number,
  limit: number,
): Promise<DueNotification[]> => database.query<DueNotification>(takeQuery, [now, retrySeconds, limit]);

export async function settleNotification(
  database: Queryable,
  id: string,
  told: { readonly sentAt: Date } | { readonly problem: string; readonly isLast: boolean },
): Promise<void> {
  const values = "sentAt" in told ? [told.sentAt, null, false] : [null, told.problem, told.isLast];
  await database.query(settleQuery, [id, ...values]);
}

export interface NotificationProblem {
  readonly alert: string;
  readonly subject: string;
  readonly notifier: string;
  readonly sent_at: Date | null;
  readonly problem: string | null;
}

export const readNotificationProblems = (database: Queryable, since: Date): Promise<NotificationProblem[]> =>
  database.query<NotificationProblem>(readProblems, [since]);
