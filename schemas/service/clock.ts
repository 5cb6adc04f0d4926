/** Time as a parameter, so that tests own it. Only `main/` folders and the command line take `systemClock`. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. May jump; never measures a duration. */
  now(): number;
  /** Milliseconds from an arbitrary point. Never jumps back. */
  monotonic(): number;
  /** Ends early, without an error, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
    }),
};
