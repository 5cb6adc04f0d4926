/** An alert in one sentence, with the value seen and the limit. Pure. */
import type { DeclaredAlert } from "./declared-alerts.ts";
import type { Reading } from "./next-state.ts";

type Spoken = Pick<DeclaredAlert, "when">;

export function sentenceOf({ when }: Spoken, { subject, value }: Reading, state: "firing" | "resolved"): string {
  const { metric, outcome, reconcile } = when;
  const isFiring = state === "firing";
  if (metric !== undefined) {
    const { name, is, value: limit } = metric;
    const of = subject === "" ? "" : ` of ${subject}`;
    const relation = isFiring ? `${is} ${limit}` : `not ${is} ${metric.clear ?? limit} any more`;
    return `${name}${of} is ${shown(value)}, ${relation}`;
  }
  if (outcome !== undefined) {
    const word =
      outcome === "dead_lettered" ? "became a dead letter" : `was ${outcome}`.replace("was failed", "failed");
    return isFiring ? `an execution of ${subject} ${word}` : `an execution of ${subject} succeeded again`;
  }
  return isFiring
    ? `repository ${subject} is ${reconcile ?? ""}`
    : `repository ${subject} is not ${reconcile ?? ""} any more`;
}

const shown = (value: number): string => String(Math.round(value * 100) / 100);
