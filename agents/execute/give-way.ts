import type { Clock } from "@polyglot/service";

/** Milliseconds that work without waits may keep the thread: leases, kills and other executions need it, too. */
const turnMs = 10;

/** When the thread was last given to others. Executions that share a clock share the thread. */
const turns = new WeakMap<Clock, number>();

/** Lets others have the agent's thread, where work without waits of its own has had it for a while. */
export async function giveWay(clock: Clock): Promise<void> {
  const since = turns.get(clock);
  if (since !== undefined && clock.monotonic() - since < turnMs) return;
  await new Promise(setImmediate);
  turns.set(clock, clock.monotonic());
}
