/** Why something that waits ends without a start, as its error and its dead letter tell it. Pure. */
import { fingerprintOf } from "../observe/fingerprint.ts";
import type { WaitingEnd } from "../store/ended-waiting.ts";

const types = {
  wait_timeout: "pg\\!TimeoutError",
  deadline_missed: "pg\\!TimeoutError",
  queue_full: "pg\\!ResourceError",
} as const;

export function buried(
  { executionId, pipelineId }: { readonly executionId: string; readonly pipelineId: string },
  reason: keyof typeof types,
  message: string,
): WaitingEnd {
  return { executionId, state: "dead_lettered", reason, ...errorOf(pipelineId, types[reason], message) };
}

export function cancelled(
  { executionId, pipelineId }: { readonly executionId: string; readonly pipelineId: string },
  message: string,
): WaitingEnd {
  return { executionId, state: "cancelled", reason: null, ...errorOf(pipelineId, types.queue_full, message) };
}

function errorOf(pipelineId: string, type: string, message: string): Pick<WaitingEnd, "error" | "fingerprint"> {
  const error = JSON.stringify({ type, message, trace: "", step: "" });
  return { error, fingerprint: fingerprintOf(pipelineId, { type, message, step: "" }) };
}
