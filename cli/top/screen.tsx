import { Box, Text } from "ink";
import type { ReactNode } from "react";
import type { Overview } from "@polyglot/contracts/service";
import { toMs } from "../output/amounts.ts";
import { colourOf } from "../output/colour.ts";
import { agentColumns, executionColumns, queueColumns, repositoryColumns, type TopColumn } from "./columns.ts";
import { layOut, type Section } from "./sections.ts";

export interface ScreenProps {
  readonly overview: Overview;
  readonly address: string;
  readonly columns: number;
  readonly lines: number;
  /** What keeps the picture from being the present one; empty while it is. */
  readonly problem: string;
}

/** The whole picture of one moment. The times are the controller's, so that clocks that differ do not matter. */
export function Screen({ overview, address, columns, lines, problem }: ScreenProps): ReactNode {
  const nowMs = overview.at === undefined ? 0 : toMs(overview.at);
  const { agents, queues, repositories, executions } = layOut(overview, lines);
  const common = { columns, nowMs };
  return (
    <Box flexDirection="column" width={columns}>
      <Title address={address} nowMs={nowMs} columns={columns} problem={problem} />
      <Table {...common} cells={agentColumns} section={agents} none="no agent has joined" />
      <Table {...common} cells={queueColumns} section={queues} none="no queue has been used" />
      <Table {...common} cells={repositoryColumns} section={repositories} none="no repository is declared" />
      <Table {...common} cells={executionColumns} section={executions} none="nothing has run" />
    </Box>
  );
}

function Title(props: { address: string; nowMs: number; columns: number; problem: string }): ReactNode {
  const { address, nowMs, columns, problem } = props;
  const clock = new Date(nowMs).toISOString().slice(11, 19);
  const left = `polyglot ${address}`;
  return (
    <Text wrap="truncate">
      <Text bold>{fit(left, columns - 24)}</Text>
      {problem === "" ? (
        <Text dimColor>{fit(`${clock} UTC  q quits`, 24, "right")}</Text>
      ) : (
        <Text color="red">{problem}</Text>
      )}
    </Text>
  );
}

interface TableProps<Row> {
  readonly cells: readonly TopColumn<Row>[];
  readonly section: Section<Row>;
  readonly none: string;
  readonly columns: number;
  readonly nowMs: number;
}

function Table<Row>({ cells, section, none, columns, nowMs }: TableProps<Row>): ReactNode {
  const fixed = cells.reduce((sum, cell) => sum + cell.width, 0);
  const widths = cells.map((cell) =>
    cell.width === 0 ? Math.max(8, columns - fixed - (cells.length - 1)) : cell.width,
  );
  const heading = cells.map((cell, index) => fit(cell.title, widths[index] ?? 0, cell.align)).join(" ");
  return (
    <Box flexDirection="column" marginTop={1}>
      <Text bold wrap="truncate" color="cyan">
        {heading}
      </Text>
      {section.rows.map((row, index) => (
        <Line key={index} row={row} cells={cells} widths={widths} nowMs={nowMs} />
      ))}
      {section.rows.length === 0 && <Text dimColor>{none}</Text>}
      {section.hidden > 0 && <Text dimColor>{`and ${section.hidden} more`}</Text>}
    </Box>
  );
}

interface LineProps<Row> {
  readonly row: Row;
  readonly cells: readonly TopColumn<Row>[];
  readonly widths: readonly number[];
  readonly nowMs: number;
}

function Line<Row>({ row, cells, widths, nowMs }: LineProps<Row>): ReactNode {
  return (
    <Text wrap="truncate">
      {cells.map((cell, index) => {
        const text = cell.text(row, nowMs);
        const colour = cell.isState ? colourOf(text) : undefined;
        return (
          <Text key={cell.title} {...(colour && { color: colour })}>
            {`${index === 0 ? "" : " "}${fit(text, widths[index] ?? 0, cell.align)}`}
          </Text>
        );
      })}
    </Text>
  );
}

/** Exactly `width` characters: names here are ASCII, so a character is a column. */
function fit(text: string, width: number, align: "left" | "right" = "left"): string {
  const cut = text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
  return align === "right" ? cut.padStart(width) : cut.padEnd(width);
}
