import { setTimeout as sleep } from "node:timers/promises";
import type { Overview } from "@polyglot/contracts/service";
import type { PolyglotClient } from "../client/api-client.ts";

/** Executions of which an overview tells; more than fit on any terminal. */
const executions = 100;

/** Milliseconds between two tries to reach a controller that went away. */
const retryMs = 1000;

/** Hands on every overview until the signal aborts; a stream that breaks is reported and opened again. */
export async function watchOverview(
  call: PolyglotClient,
  signal: AbortSignal,
  onOverview: (overview: Overview) => void,
  onProblem: (problem: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const overview of call.watchOverview({ executions }, { signal })) onOverview(overview);
    } catch {
      // Whatever it was, the answer is the same: the picture stays, and the next try tells.
    }
    if (!signal.aborted) onProblem("no answer, trying again");
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The picture of now. */
export async function readOverview(call: PolyglotClient): Promise<Overview> {
  const stop = new AbortController();
  try {
    for await (const overview of call.watchOverview({ executions }, { signal: stop.signal })) return overview;
  } finally {
    stop.abort();
  }
  throw new Error("the controller ended the stream before its first overview");
}
