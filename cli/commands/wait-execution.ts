import { setTimeout as sleep } from "node:timers/promises";
import { isOutcome } from "@polyglot/contracts";
import type { Execution } from "@polyglot/contracts/service";
import type { PolyglotClient } from "../client/api-client.ts";
import { isAway } from "../client/api-failure.ts";
import { Failure } from "../client/failure.ts";

/** Seconds of one call; the method takes at most 60, and a shorter one notices a dead connection sooner. */
const roundSeconds = 30;

/** Milliseconds between two tries while the controller is away: what it has accepted it still has when it is back. */
const retryMs = 500;

/** The execution with its outcome. `deadlineMs` is a point of `performance.now()`. */
export async function waitExecution(call: PolyglotClient, executionId: string, deadlineMs: number): Promise<Execution> {
  for (;;) {
    const left = (deadlineMs - performance.now()) / 1000;
    if (left <= 0) throw new Failure("timeout", `${executionId} has not ended in the given time`);
    const execution = await lookOnce(call, executionId, Math.min(roundSeconds, left));
    if (execution !== undefined && isOutcome(execution.state)) return execution;
  }
}

/** Undefined when the controller went away meanwhile. */
async function lookOnce(call: PolyglotClient, executionId: string, seconds: number): Promise<Execution | undefined> {
  try {
    return await call.waitExecution({ executionId, timeoutSeconds: seconds });
  } catch (error) {
    if (!isAway(error)) throw error;
    await sleep(Math.min(retryMs, seconds * 1000));
    return undefined;
  }
}
