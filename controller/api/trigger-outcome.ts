/** How an execution ended, for a caller of `/t` that waits for it. */
import { isOutcome } from "@polyglot/contracts";
import { readExecution } from "../store/listings.ts";
import type { Outcome } from "../triggers/endpoints/http-trigger.ts";
import { type ExecutionParts, waitForEnd } from "./executions.ts";

type Parts = Pick<ExecutionParts, "database" | "endings" | "clock">;

/** Undefined where it is not over in time. */
export async function waitForOutcome(
  parts: Parts,
  id: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  await waitForEnd(parts, id, waitMs, { signal });
  const row = await readExecution(parts.database, id);
  if (row === undefined || !isOutcome(row.state)) return undefined;
  const { state, outputs, error } = row;
  return { state, outputs: outputs ?? {}, error: errorOf(error) };
}

/** Without its trace: who calls sees no source. */
function errorOf(error: unknown): Outcome["error"] {
  if (error === null || typeof error !== "object") return undefined;
  const { type, message } = error as { readonly type?: unknown; readonly message?: unknown };
  return { type: typeof type === "string" ? type : "", message: typeof message === "string" ? message : "" };
}
