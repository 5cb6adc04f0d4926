import type { Queryable } from "./database.ts";
import type { HeldShard } from "./executions.ts";
import { sqlFile } from "./sql-file.ts";

const seedShardsQuery = sqlFile("seed-shards");
const renewControllerQuery = sqlFile("renew-controller");
const holdShardsQuery = sqlFile("hold-shards");
const liveControllersQuery = sqlFile("live-controllers");
const releaseControllerQuery = sqlFile("release-controller");
const releasePredecessorsQuery = sqlFile("release-predecessors");

export interface LiveController {
  readonly controller_id: string;
  readonly url: string;
}

export async function seedShards(database: Queryable, shards: readonly string[]): Promise<void> {
  await database.query(seedShardsQuery, [shards]);
}

export async function renewController(database: Queryable, id: string, url: string, leaseMs: number): Promise<void> {
  await database.query(renewControllerQuery, [id, url, leaseMs]);
}

/** Renews, takes and gives back, so that this controller holds what it can get of `wanted`. Answers what it holds. */
export function holdShards(
  database: Queryable,
  id: string,
  wanted: readonly string[],
  leaseMs: number,
): Promise<HeldShard[]> {
  return database.query<HeldShard>(holdShardsQuery, [id, wanted, leaseMs]);
}

export function liveControllers(database: Queryable): Promise<LiveController[]> {
  return database.query<LiveController>(liveControllersQuery);
}

export async function releaseController(database: Queryable, id: string): Promise<void> {
  await database.query(releaseControllerQuery, [id]);
}

/** Frees what controllers held whose id begins so: earlier processes of one that starts anew. */
export async function releasePredecessors(database: Queryable, family: string): Promise<void> {
  await database.query(releasePredecessorsQuery, [family]);
}
