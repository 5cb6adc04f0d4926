import { setTimeout as sleep } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";

/** How long the system may take to come back, or an execution to end, before that counts as broken. */
export const patienceMs = 120_000;

const pollMs = 20;

/** Something that had to happen did not: a guarantee is broken, or the machine is far too slow. */
export class Overdue extends Error {
  override readonly name = "Overdue";
}

export const pause = (ms: number): Promise<void> => sleep(ms);

/** Looks until it is so. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limitMs: number = patienceMs,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Overdue(`${what} did not happen within ${limitMs / 1000} s`);
    await sleep(pollMs);
  }
}

/** What a client may see of a system whose programs are killed. Any other answer is one that a caller acts upon. */
const passing: readonly Code[] = [Code.Unavailable, Code.Canceled, Code.Aborted, Code.DeadlineExceeded];

export const isPassing = (error: unknown): boolean => error instanceof ConnectError && passing.includes(error.code);

/** Asks until there is an answer. */
export async function answered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (performance.now() > deadline) throw new Overdue(`no answer within ${patienceMs / 1000} s`, { cause: error });
      await sleep(pollMs);
    }
  }
}
