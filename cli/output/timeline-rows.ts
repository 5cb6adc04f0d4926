import type { Metrics, StepSummary } from "@polyglot/contracts/service";
import { formatDuration, toMs } from "./amounts.ts";
import { type NestedStep, nestSteps } from "./nest-steps.ts";
import { shortenStart } from "./shorten.ts";
import { TimeAxis } from "./time-axis.ts";

/** Share of the line that names of steps may take. */
const nameShare = 0.25;
const marks = { wait: "░", run: "█", skipped: "·" } as const;
const gap = "  ";

/** Text in the colour of a state; as it is where there are no colours. */
export type Paint = (state: string, text: string) => string;

/** Of one attempt, in milliseconds; the wait lies before the start. */
export interface Span {
  readonly waitMs: number;
  readonly startMs: number;
  readonly endMs: number;
}

interface Row {
  readonly name: string;
  readonly state: string;
  readonly bar: (axis: TimeAxis) => string;
  readonly texts: Readonly<Partial<Record<Title, string>>>;
}

/** Behind the bar. A column that has no text in any row is left out. */
const titles = ["START", "TOOK", "STATE", "CPU", "CONVERT"] as const;
type Title = (typeof titles)[number];

interface Column {
  readonly title: Title;
  readonly width: number;
}

/** Steps on the axis of their attempt, one a line, no line longer than `columns` (at least 80). */
export function drawSteps(steps: readonly StepSummary[], span: Span, columns: number, paint: Paint): string[] {
  const rows = [...waitRow(span.waitMs), ...nestSteps(steps).map((nested) => stepRow(nested, span.startMs))];
  const behind = columnsOf(rows);
  const nameWidth = Math.min(widest(rows.map(({ name }) => name)), Math.floor(columns * nameShare));
  const barWidth = behind.reduce((left, { width }) => left - gap.length - width, columns - nameWidth - gap.length);
  const axis = new TimeAxis(barWidth, span);
  const title = ["STEP".padEnd(nameWidth), "TIMELINE".padEnd(barWidth), ...behind.map(titleText)];
  return [
    title,
    ...rows.map((row) => [...beginOf(row, nameWidth, barWidth, axis, paint), ...endOf(row, behind, paint)]),
  ].map((cells) => cells.join(gap).trimEnd());
}

function columnsOf(rows: readonly Row[]): Column[] {
  return titles.flatMap((title) => {
    const width = widest(rows.map(({ texts }) => texts[title] ?? ""));
    return width === 0 ? [] : [{ title, width: Math.max(width, title.length) }];
  });
}

const titleText = ({ title, width }: Column): string =>
  title === "STATE" ? title.padEnd(width) : title.padStart(width);

function beginOf({ name, state, bar }: Row, nameWidth: number, barWidth: number, axis: TimeAxis, paint: Paint) {
  const drawn = bar(axis);
  return [shortenName(name, nameWidth).padEnd(nameWidth), paint(state, drawn) + fill(drawn, barWidth)];
}

function endOf({ texts, state }: Row, columns: readonly Column[], paint: Paint): string[] {
  return columns.map(({ title, width }) => {
    const text = texts[title] ?? "";
    return title === "STATE" && text !== "" ? paint(state, text) + fill(text, width) : text.padStart(width);
  });
}

function waitRow(waitMs: number): Row[] {
  if (waitMs <= 0) return [];
  const bar = (axis: TimeAxis): string => axis.wait(marks.wait);
  return [{ name: "waiting", state: "waiting", bar, texts: { TOOK: formatDuration(waitMs) } }];
}

function stepRow({ step, depth }: NestedStep, attemptStartMs: number): Row {
  const { nodeId, state, durationMs, metrics } = step;
  const startMs = step.startedAt === undefined ? attemptStartMs : toMs(step.startedAt);
  const waitMs = metrics?.waitMs ?? 0;
  const isSkipped = state === "skipped";
  return {
    name: "  ".repeat(depth) + nodeId,
    state,
    bar: (axis) => axis.bar({ startMs, waitMs, durationMs }, marks.wait, isSkipped ? marks.skipped : marks.run),
    texts: {
      START: formatOffset(Math.max(0, startMs - attemptStartMs)),
      STATE: state,
      ...(isSkipped ? {} : { TOOK: formatDuration(durationMs) }),
      ...(metrics === undefined ? {} : costTexts(metrics)),
    },
  };
}

/** A join has a latency and runs no code. */
const costTexts = ({ cpuTimeMs, conversionOverheadMs, joinLatencyMs }: Metrics): Row["texts"] =>
  joinLatencyMs > 0 ? {} : { CPU: formatDuration(cpuTimeMs), CONVERT: formatDuration(conversionOverheadMs) };

/** Starts are known in whole milliseconds. */
const formatOffset = (ms: number): string => `+${ms < 1000 ? `${Math.round(ms)} ms` : formatDuration(ms)}`;

const widest = (texts: readonly string[]): number => texts.reduce((width, text) => Math.max(width, text.length), 0);
const fill = (text: string, width: number): string => " ".repeat(Math.max(0, width - text.length));

/** Keeps the indent as far as half of the width, then the end of the node id. */
function shortenName(name: string, width: number): string {
  const id = name.trimStart();
  const indent = Math.min(name.length - id.length, Math.floor(width / 2));
  return " ".repeat(indent) + shortenStart(id, width - indent);
}
