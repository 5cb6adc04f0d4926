import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { LogLine } from "@polyglot/contracts/service";
import type { PolyglotClient } from "../client/api-client.ts";

export interface LogsWanted {
  readonly executionId: string;
  /** To the end of the execution. */
  readonly follow: boolean;
  /** Node id of a step: only its lines and those of steps below it. */
  readonly step?: string;
}

/** Hands on every line of an execution that is wanted. */
export async function followLogs(
  call: PolyglotClient,
  wanted: LogsWanted,
  onLine: (line: LogLine) => void,
): Promise<void> {
  for await (const batch of call.readLogs(wanted)) batch.lines.forEach(onLine);
}

/** `10:30:00.123 info  @Clean|load text` */
export function formatLogLine(line: LogLine): string {
  const at = line.at === undefined ? "" : timestampDate(line.at).toISOString().slice(11, 23);
  return `${at} ${line.level.padEnd(7)} ${line.nodeId.padEnd(4)} ${line.text}`;
}
