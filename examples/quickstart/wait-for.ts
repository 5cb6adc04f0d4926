import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two looks, and after which it is a failure. */
const lookMs = 100;
const limitMs = 30_000;

/** Looks until there is something; `lastSeen` is told when there never is. */
export async function waitFor<T>(look: () => Promise<T | undefined>, lastSeen: () => string): Promise<T> {
  for (const startedMs = performance.now(); performance.now() - startedMs < limitMs; await sleep(lookMs)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`nothing after ${limitMs / 1000} s; last seen: ${lastSeen()}`);
}
