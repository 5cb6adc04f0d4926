import type { WearLimits } from "./wear.ts";

/** Limits of the warm workers of one host. */
export interface PoolLimits extends WearLimits {
  /** Worker processes of all groups together. */
  readonly maxWorkers: number;
  /** Worker processes of one group whose calls take long: they may all be waiting for something outside. */
  readonly maxWorkersPerGroup: number;
  /** Worker processes of one group in which short calls stand in line: more than cores gains nothing. */
  readonly maxShortWorkersPerGroup: number;
  /**
   * While the host's processors are all busy, a group gets no more workers than there are cores, unless none of its calls
   * was answered for so long: they may all be waiting for something outside.
   */
  readonly patienceMs: number;
  /** Workers of one group that start at once; a start costs 30 to 60 ms of CPU. */
  readonly maxStartingPerGroup: number;
  /** Workers of a group that outlive `idleMs`. */
  readonly minWorkersPerGroup: number;
  /** A worker beyond the minimum ends when it has had no call for so long. */
  readonly idleMs: number;
  /** So do those of the minimum: the group's bundle is probably no longer in force. */
  readonly groupIdleMs: number;
  /** A call of a function that has lately taken no longer than this may stand in line behind others in a worker. */
  readonly shortCallMs: number;
  /** Calls sent to one worker and not answered, the one that runs included. */
  readonly maxPipelined: number;
  /** When the call that runs has taken so long, those in line behind it are asked back. */
  readonly stallMs: number;
  /**
   * At the host's limit a worker serves the calls of its own group for so long before its place goes to a group that has
   * none: a start costs 30 to 60 ms of CPU, and groups that take turns at every call would do little else.
   */
  readonly minServiceMs: number;
  /** From the launch to the worker's first word. */
  readonly startTimeoutMs: number;
  /** Between SIGTERM and SIGKILL, where the abort itself does not say. */
  readonly graceMs: number;
}

/** `shortCallMs`, `maxPipelined` and `stallMs` are explained by the figures in `place-call.ts`. */
export function defaultPoolLimits(cores: number): PoolLimits {
  return {
    maxWorkers: Math.max(32, 16 * cores),
    maxWorkersPerGroup: Math.max(16, 8 * cores),
    maxShortWorkersPerGroup: Math.max(1, cores),
    patienceMs: 500,
    maxStartingPerGroup: Math.max(1, cores),
    minWorkersPerGroup: 1,
    idleMs: 60_000,
    groupIdleMs: 900_000,
    shortCallMs: 1,
    maxPipelined: 32,
    stallMs: 10,
    minServiceMs: 250,
    maxCallsPerWorker: 100_000,
    maxGrowthMb: 256,
    startTimeoutMs: 60_000,
    graceMs: 500,
  };
}
