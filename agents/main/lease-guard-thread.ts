/** The thread of `lease-guard.ts`: sleeps until the deadline, and for good when there is none. */
import { workerData } from "node:worker_threads";
import { killDescendants } from "./kill-descendants.ts";

const { deadline, root } = workerData as { readonly deadline: BigInt64Array<SharedArrayBuffer>; readonly root: number };

for (;;) {
  const until = Atomics.load(deadline, 0);
  const leftMs = until === 0n ? Number.POSITIVE_INFINITY : Number(until - process.hrtime.bigint()) / 1e6;
  if (leftMs > 0) {
    Atomics.wait(deadline, 0, until, leftMs);
    continue;
  }
  killDescendants(root);
  Atomics.compareExchange(deadline, 0, until, 0n);
}
