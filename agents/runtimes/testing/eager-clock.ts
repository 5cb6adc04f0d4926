import { type Clock, systemClock } from "@polyglot/service";

/** Pauses of these lengths, between tries, are over at once. */
export const eagerClock = (pausesMs: readonly number[]): Clock => ({
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(pausesMs.some((pause) => pause === ms) ? 1 : ms, signal),
});
