/** What became of objects, for people: written in the transaction of the change. */
import type { Origin, ObjectKey } from "./objects.ts";
import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const writeQuery = sqlFile("write-events");
const readQuery = sqlFile("read-events");

export interface ObjectEvent extends ObjectKey {
  /** One word, as `Created`. */
  readonly reason: string;
  readonly message: string;
}

export interface EventRow extends ObjectEvent, Origin {
  readonly at: Date;
}

/** What is empty holds for all. */
export interface EventFilter {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly repository: string;
}

export async function writeEvents(
  database: Queryable,
  events: readonly ObjectEvent[],
  { repository, revision }: Origin,
  at: Date,
): Promise<void> {
  await database.query(writeQuery, [
    ...[at, repository, revision],
    events.map((event) => event.kind),
    events.map((event) => event.namespace),
    events.map((event) => event.name),
    events.map((event) => event.reason),
    events.map((event) => event.message),
  ]);
}

/** Newest first. */
export function readEvents(database: Queryable, filter: EventFilter, limit: number): Promise<EventRow[]> {
  const { kind, name, namespace, repository } = filter;
  return database.query<EventRow>(readQuery, [kind, name, namespace, repository, limit]);
}
