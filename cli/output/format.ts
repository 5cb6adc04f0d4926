import type { DescMessage, JsonValue, MessageShape } from "@bufbuild/protobuf";
import { stringify } from "yaml";
import type { Format } from "./formats.ts";
import { messageJson } from "./message-json.ts";
import { type Column, formatTable } from "./table.ts";

/** How one kind of object is shown. */
export interface View<Desc extends DescMessage> {
  readonly schema: Desc;
  readonly name: (row: MessageShape<Desc>) => string;
  readonly columns: readonly Column<MessageShape<Desc>>[];
  /** Lines below the table, where a row of it cannot hold what has to be said. */
  readonly details?: (row: MessageShape<Desc>, nowMs: number) => readonly string[];
}

export function formatList<Desc extends DescMessage>(
  view: View<Desc>,
  rows: readonly MessageShape<Desc>[],
  format: Format,
  nowMs: number,
): string {
  if (format === "name") return rows.map((row) => view.name(row)).join("\n");
  if (format === "table" || format === "wide") return formatRows(view, rows, format, nowMs);
  return formatData(
    rows.map((row) => messageJson(view.schema, row)),
    format,
  );
}

/** One object: `json` and `yaml` give it alone, the others as a list of one. */
export function formatOne<Desc extends DescMessage>(
  view: View<Desc>,
  row: MessageShape<Desc>,
  format: Format,
  nowMs: number,
): string {
  const isData = format === "json" || format === "yaml";
  return isData ? formatData(messageJson(view.schema, row), format) : formatList(view, [row], format, nowMs);
}

export const formatData = (data: JsonValue, format: "json" | "yaml"): string =>
  format === "json" ? JSON.stringify(data, undefined, 2) : stringify(data).trimEnd();

function formatRows<Desc extends DescMessage>(
  view: View<Desc>,
  rows: readonly MessageShape<Desc>[],
  format: "table" | "wide",
  nowMs: number,
): string {
  const columns = view.columns.filter((column) => format === "wide" || column.wide !== true);
  const details = rows.flatMap((row) => view.details?.(row, nowMs) ?? []);
  return [formatTable(rows, columns, nowMs), ...details].join("\n");
}
