/**
 * Where a call goes: a pure decision. One call runs in a worker at a time; further ones may stand in line in the same
 * worker as long as all of them are short, which saves a wake of both processes per call. A call that is not known to
 * be short gets a worker to itself, and one that turns out to take long loses the line behind it to other workers.
 *
 * `str.upper` over one Python worker, 200 calls waiting, two shared cores, Node 24 (2026-11-23; the CPU time of the
 * agent per call is what the line saves, the rates moved by a third with the load of the machine):
 *
 *     calls in line     1      4      8      16     32     64
 *     agent µs/call     60     35     22     17     17     16
 *     calls/s           8,500  12,000 18,000 24,000 23,000 20,000
 *
 * One at a time: 8,000 to 9,000 calls/s, p50 0.08 ms. Beyond 16 the line gains nothing and only lengthens the wait
 * behind a call that takes long for once; 32 leaves room for a slower agent. With 1 ms as the bound for a short call and
 * 10 ms until a stalled line is asked back, a call waits at most some 40 ms behind others while a worker is free.
 */
import type { PoolLimits } from "./pool-limits.ts";

export interface WorkerLoad {
  /** Calls sent and not answered. */
  readonly sent: number;
  /** All of them are expected to be short, and none has been found to take long. */
  readonly isShort: boolean;
}

export interface GroupLoad {
  /** Workers that take calls. */
  readonly workers: readonly WorkerLoad[];
  readonly starting: number;
  /** Calls that wait for a worker, this one included. */
  readonly waiting: number;
  /** The host's processors have nothing left to give, and calls of the group are being answered. */
  readonly isHostBusy: boolean;
}

export type Placement =
  | { readonly kind: "send"; readonly index: number }
  | { readonly kind: "start" }
  | { readonly kind: "wait" };

export function placeCall(isShort: boolean, group: GroupLoad, limits: PoolLimits): Placement {
  const idle = group.workers.findIndex((worker) => worker.sent === 0);
  if (idle !== -1) return { kind: "send", index: idle };
  if (isShort) {
    const index = shortestLine(group.workers, limits.maxPipelined);
    if (index !== undefined) return { kind: "send", index };
  }
  return mayStart(isShort, group, limits) ? { kind: "start" } : { kind: "wait" };
}

function shortestLine(workers: readonly WorkerLoad[], maxPipelined: number): number | undefined {
  let best: number | undefined;
  let bestSent = maxPipelined;
  workers.forEach((worker, index) => {
    if (!worker.isShort || worker.sent >= bestSent) return;
    best = index;
    bestSent = worker.sent;
  });
  return best;
}

/** Workers that long calls keep are no use to short ones, and do not count against what short ones may start. */
function mayStart(isShort: boolean, group: GroupLoad, limits: PoolLimits): boolean {
  if (group.starting >= Math.min(group.waiting, limits.maxStartingPerGroup)) return false;
  if (group.workers.length + group.starting >= limits.maxWorkersPerGroup) return false;
  if (group.isHostBusy && group.workers.length + group.starting >= limits.maxShortWorkersPerGroup) return false;
  if (!isShort) return true;
  const lines = group.workers.filter((worker) => worker.isShort).length;
  return lines + group.starting < limits.maxShortWorkersPerGroup;
}
