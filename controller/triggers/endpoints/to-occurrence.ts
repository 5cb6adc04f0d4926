/** A request that was let in, as the occurrence of its trigger. Pure. */
import { createHash } from "node:crypto";
import type { Occurrence } from "../occurrences.ts";
import type { RegisteredEndpoint } from "./endpoint-table.ts";

/** Longer keys are kept as their digest. */
const longestKey = 200;

/** `key`: what the sender calls the event; undefined: each is new. */
export function toOccurrence(
  { pipeline, trigger }: Pick<RegisteredEndpoint, "pipeline" | "trigger">,
  fields: Occurrence["fields"],
  key: string | undefined,
): Occurrence {
  const dedupeKey = key === undefined ? null : short(key);
  return { pipelineId: pipeline.id, triggerKey: trigger.key, fields, dedupeKey, host: null };
}

const short = (key: string): string =>
  key.length <= longestKey && !key.includes("\0") ? key : `sha256:${createHash("sha256").update(key).digest("hex")}`;
