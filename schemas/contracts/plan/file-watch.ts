/** What triggers on files and folders watch: checked where it is written, used where it runs. */
import { type CanonicalValue, tagOf } from "../values.ts";
import type { TriggerRegistration } from "./trigger.ts";

const limits = { leastPollMs: 1_000, mostPollMs: 3_600_000 } as const;

export const isFileWatch = (triggerName: string): boolean => /^T\.System\.(?:File|Directory)\./.test(triggerName);

/** Milliseconds between two looks at a folder that tells of no events; 0: it does. Undefined: `poll:` is no such time. */
export function pollMsOf({ poll }: TriggerRegistration["arguments"]): number | undefined {
  if (poll === undefined) return 0;
  const ms = durationMs(poll);
  return ms !== undefined && ms >= limits.leastPollMs && ms <= limits.mostPollMs ? ms : undefined;
}

function durationMs(value: CanonicalValue): number | undefined {
  if (tagOf(value) !== "$duration") return undefined;
  const { months, seconds } = (value as { $duration: Record<string, CanonicalValue> }).$duration;
  return months === 0 && typeof seconds === "number" ? Math.round(seconds * 1_000) : undefined;
}
