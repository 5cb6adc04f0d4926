/** How long queues keep dead letters that nobody does anything about. */
import { declaredKinds, parseDurationSeconds } from "@polyglot/contracts";
import type { Queryable } from "../store/database.ts";
import { readObjectsOfKind } from "../store/objects.ts";

/** Of a queue that says nothing, as the schema of the kind does. */
export const defaultKeepMs = 30 * 86_400_000;

/** Milliseconds by queue, of those that say it. */
export async function readKeepTimes(database: Queryable): Promise<ReadonlyMap<string, number>> {
  const objects = await readObjectsOfKind(database, "Queue");
  return new Map(objects.flatMap(({ name, spec }) => keepTimeOf(name, spec)));
}

function keepTimeOf(name: string, spec: unknown): [string, number][] {
  const retention = declaredKinds.Queue.schema.shape.spec.parse(spec).deadLetter?.retention;
  const seconds = retention === undefined ? undefined : parseDurationSeconds(retention);
  return seconds === undefined ? [] : [[name, seconds * 1_000]];
}
