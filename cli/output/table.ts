import Table from "cli-table3";

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row, nowMs: number) => string;
  /** Shown with `-o wide` only. */
  readonly wide?: true;
  readonly align?: "right";
}

const noBorders = Object.fromEntries(
  ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"]
    .concat(["left", "left-mid", "mid", "mid-mid", "right", "right-mid"])
    .map((name) => [name, ""]),
);

export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], nowMs: number): string {
  const table = new Table({
    head: columns.map((column) => column.title),
    chars: { ...noBorders, middle: "  " },
    colAligns: columns.map((column) => column.align ?? "left"),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows.map((row) => columns.map((column) => column.text(row, nowMs))));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
