/** Which failures are the same one: what differs in them from run to run is left out before they are compared. */
import { createHash } from "node:crypto";

export interface FailedError {
  readonly type: string;
  readonly message: string;
  /** Node of the plan; empty: none. */
  readonly step: string;
}

const characters = 16;
/** A message is compared by its beginning: what follows is mostly data. */
const comparedCharacters = 500;

/** 16 hexadecimal digits, the same for failures of a pipeline that differ in numbers, ids and quoted values alone. */
export function fingerprintOf(pipelineId: string, { type, message, step }: FailedError): string {
  const parts = [pipelineId, type, step, skeletonOf(message)];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, characters);
}

/** The message with a sign for each value: `no column 'price' in row 12` → `no column '…' in row #`. */
export function skeletonOf(message: string): string {
  return message
    .slice(0, comparedCharacters)
    .replaceAll(/'[^'\n]*'|"[^"\n]*"|`[^`\n]*`/g, "'…'")
    .replaceAll(/\b[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b/gi, "#")
    .replaceAll(/\b0x[0-9a-f]+\b/gi, "#")
    .replaceAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, "#")
    .replaceAll(/\d+(?:[.,:]\d+)*/g, "#");
}

/** As attempts store it: JSON of `type`, `message`, `step` and more. */
export function parseError(json: string | null): FailedError {
  const { type = "", message = "", step = "" } = (json === null ? {} : JSON.parse(json)) as Partial<FailedError>;
  return { type, message, step };
}
