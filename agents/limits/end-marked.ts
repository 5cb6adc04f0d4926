import type { Clock } from "@polyglot/service";
import { processesWith } from "./process-table.ts";
import { sendSignal } from "./send-signal.ts";

/** How often marked processes are looked for while they end. Milliseconds. */
const intervalMs = 20;

/**
 * Kills the processes that carry the variable `mark` in their environment, and answers when none is left. It ends with
 * two looks that find nothing: during one, a process may fork and go without either being seen.
 */
export async function endMarked(mark: string, clock: Clock): Promise<void> {
  for (let empty = 0; empty < 2; ) {
    const left = await processesWith(mark);
    for (const pid of left) sendSignal(pid, "SIGKILL");
    empty = left.length === 0 ? empty + 1 : 0;
    if (left.length > 0) await clock.sleep(intervalMs);
  }
}
