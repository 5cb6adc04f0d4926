/** Removal of what is old. Each call removes at most `limit` rows (executions count as one) and answers how many. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const removeExecutionsQuery = sqlFile("remove-old-executions");
const removeCallsQuery = sqlFile("remove-ended-calls");
const removeMetricsQuery = sqlFile("remove-old-metrics");
const removeHostHistoryQuery = sqlFile("remove-old-host-history");
const removeQueueHistoryQuery = sqlFile("remove-old-queue-history");
const removeNotificationsQuery = sqlFile("remove-old-notifications");
const removeActivationLogQuery = sqlFile("remove-old-activation-log");
const removeEventKeysQuery = sqlFile("remove-old-event-keys");
const removeEventsQuery = sqlFile("remove-old-events");
const removeTokensQuery = sqlFile("remove-dead-tokens");
const removeControllersQuery = sqlFile("remove-dead-controllers");

export type Removal = (database: Queryable, before: Date, limit: number) => Promise<number>;

/** Executions with an outcome, their attempts, logs and activations. */
export const removeOldExecutions: Removal = async (database, before, limit) => {
  const firstIdAfter = `${before.getTime().toString(16).padStart(12, "0")}${"0".repeat(20)}`;
  return (await database.query(removeExecutionsQuery, [firstIdAfter, before, limit])).length;
};

export const removeOldEvents: Removal = async (database, before, limit) =>
  (await database.query(removeEventsQuery, [before, limit])).length;

/** Whatever the time. */
export const removeEndedCalls: Removal = async (database, _before, limit) =>
  (await database.query(removeCallsQuery, [limit])).length;

export const removeOldMetrics: Removal = async (database, before, limit) =>
  (await database.query(removeMetricsQuery, [before, limit])).length;

export const removeOldHostHistory: Removal = async (database, before, limit) =>
  (await database.query(removeHostHistoryQuery, [before, limit])).length;

export const removeOldQueueHistory: Removal = async (database, before, limit) =>
  (await database.query(removeQueueHistoryQuery, [before, limit])).length;

export const removeOldNotifications: Removal = async (database, before, limit) =>
  (await database.query(removeNotificationsQuery, [before, limit])).length;

export const removeOldActivationLog: Removal = async (database, before, limit) =>
  (await database.query(removeActivationLogQuery, [before, limit])).length;

export const removeOldEventKeys: Removal = async (database, before, limit) =>
  (await database.query(removeEventKeysQuery, [before, limit])).length;

export const removeDeadTokens: Removal = async (database, before, limit) =>
  (await database.query(removeTokensQuery, [before, limit])).length;

export const removeDeadControllers: Removal = async (database, before, limit) =>
  (await database.query(removeControllersQuery, [before, limit])).length;
