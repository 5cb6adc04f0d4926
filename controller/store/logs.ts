import type { Queryable } from "./database.ts";
import { sqlFile } from "./sql-file.ts";

const writeLogsQuery = sqlFile("write-logs");

export interface StoredLogLine {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly sequence: number;
  readonly at: Date;
  readonly level: string;
  readonly nodeId: string;
  readonly text: string;
}

/** A line that is there already stays as it is: agents send again what was not acknowledged. */
export async function writeLogs(database: Queryable, lines: readonly StoredLogLine[]): Promise<void> {
  await database.query(writeLogsQuery, [
    lines.map((line) => line.executionId),
    lines.map((line) => line.attemptNo),
    lines.map((line) => line.sequence),
    lines.map((line) => line.at),
    lines.map((line) => line.level),
    lines.map((line) => line.nodeId),
    // PostgreSQL's text holds no U+0000; the symbol for it keeps the line readable.
    lines.map((line) => line.text.replaceAll("\0", "\u2400")),
  ]);
}
