/** Calls of running attempts to a controller, beside the stream: sent again until one answers, or the caller gives up. */
import { type CallOptions, type Client, Code, ConnectError } from "@connectrpc/connect";
import type { AgentService } from "@polyglot/contracts/service";
import { backoffMs, type Clock } from "@polyglot/service";
import { limits } from "./limits.ts";
import type { Connection } from "./transport.ts";

export type Ask<Answer> = (client: Client<typeof AgentService>, options: CallOptions) => Promise<Answer>;

/** Nobody waits for the answer any more: the step was ended. Whether the call had effect is not known. */
export class CallGivenUp extends Error {
  override readonly name = "CallGivenUp";
}

/** The controller has not refused: it, or the way to it, was not there. */
const passing: ReadonlySet<Code> = new Set([
  Code.Unavailable,
  Code.Canceled,
  Code.Aborted,
  Code.DeadlineExceeded,
  Code.Unknown,
]);

/**
 * Asks over a connection that `connection` finds, each time anew. The signal is the only end of it besides an answer: it
 * aborts when the lease is lost, too. Rejects with what the controller refuses.
 */
export async function askUntilAnswered<Answer>(
  connection: () => Connection | undefined,
  clock: Clock,
  signal: AbortSignal,
  ask: Ask<Answer>,
): Promise<Answer> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const client = connection()?.client;
    try {
      if (client !== undefined) return await ask(client, { signal, timeoutMs: limits.callMs });
    } catch (error) {
      if (!passing.has(ConnectError.from(error).code)) throw error;
    }
    await clock.sleep(backoffMs(attempt, limits.reconnectBaseMs, limits.reconnectMaxMs), signal);
  }
  throw new CallGivenUp("the step ended before the controller answered");
}
