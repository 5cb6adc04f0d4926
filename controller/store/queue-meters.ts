/** What a queue has metered out: written with the claims that turned the meters, read by its next owner. */
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const readMetersQuery = sqlFile("read-queue-meters");
const readOfQueueQuery = sqlFile("read-meters-of-queue");

export interface MeterReading {
  readonly queue: string;
  readonly meter: string;
  readonly value: number;
}

/** The newest ones first, so that a limit leaves out what matters least. */
export const readQueueMeters = (database: Queryable): Promise<MeterReading[]> =>
  database.query<MeterReading>(readMetersQuery);

export const readMetersOfQueue = (
  database: Queryable,
  queue: string,
  meters: readonly string[],
): Promise<MeterReading[]> => database.query<MeterReading>(readOfQueueQuery, [queue, meters]);
