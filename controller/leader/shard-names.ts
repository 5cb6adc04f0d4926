import { createHash } from "node:crypto";

const queueShardCount = 8;

/** Work that one controller at a time may do, in as many parts as can be spread over replicas. */
export const queueShards: readonly string[] = Array.from({ length: queueShardCount }, (_, index) => `queue/${index}`);
const triggerShardCount = 8;
/** Schedules, and conditions of triggers, by namespace. */
export const triggerShards: readonly string[] = Array.from({ length: triggerShardCount }, (_, at) => `triggers/${at}`);
export const allShards: readonly string[] = [...queueShards, ...triggerShards, "gitops", "upkeep", "alerts"];

/** The shard that orders a queue. Never changes for a name: executions carry it. */
export const shardOfQueue = (queue: string): string => `queue/${hashOf(queue) % queueShardCount}`;

/** The shard whose owner watches the triggers of a namespace. */
export const shardOfTriggers = (namespace: string): string => `triggers/${hashOf(namespace) % triggerShardCount}`;

const hashOf = (text: string): number => createHash("sha256").update(text).digest().readUInt32BE(0);

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1998): each shard goes to the live controller with the highest score for
 * it, so that a controller that comes or goes moves only its own share.
 */
export function shardsOf(controllerId: string, live: readonly string[], shards = allShards): readonly string[] {
  return shards.filter((shard) => {
    const own = score(controllerId, shard);
    return live.every((other) => other === controllerId || compare(own, score(other, shard), controllerId < other));
  });
}

const score = (controllerId: string, shard: string): string =>
  createHash("sha256").update(`${controllerId}\n${shard}`).digest("hex");

const compare = (own: string, other: string, tie: boolean): boolean => own > other || (own === other && tie);
