/** Tries something again, after pauses, as long as what it needs on the network does not answer. */
import type { Clock } from "@polyglot/service";

export interface TryFailure {
  readonly message: string;
  /** A later try may succeed. */
  readonly isUnreachable: boolean;
}

export interface Tries {
  readonly clock: Clock;
  /** Abort: no further try. */
  readonly signal: AbortSignal;
  readonly pausesMs: readonly number[];
  readonly onPause: (pauseMs: number, failure: TryFailure) => void;
}

/** `attempt` gets its number, from 1. Answers the last failure. */
export async function untilReached(
  attempt: (tryNo: number) => Promise<TryFailure | undefined>,
  { clock, signal, pausesMs, onPause }: Tries,
): Promise<TryFailure | undefined> {
  let failure = await attempt(1);
  for (const [index, pauseMs] of pausesMs.entries()) {
    if (failure?.isUnreachable !== true || signal.aborted) break;
    onPause(pauseMs, failure);
    await clock.sleep(pauseMs, signal);
    failure = await attempt(index + 2);
  }
  return failure;
}
