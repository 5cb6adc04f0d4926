import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { LogLine } from "@polyglot/contracts/service";
import type { PolyglotClient } from "../client/api-client.ts";

/** Hands on every line of an execution, to its end when it is to follow. */
export async function followLogs(
  call: PolyglotClient,
  executionId: string,
  follow: boolean,
  onLine: (line: LogLine) => void,
): Promise<void> {
  for await (const batch of call.readLogs({ executionId, follow })) batch.lines.forEach(onLine);
}

/** `10:30:00.123 info  @Clean|load text` */
export function formatLogLine(line: LogLine): string {
  const at = line.at === undefined ? "" : timestampDate(line.at).toISOString().slice(11, 23);
  return `${at} ${line.level.padEnd(7)} ${line.nodeId.padEnd(4)} ${line.text}`;
}
