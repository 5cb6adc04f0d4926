import type { Percentiles, Queue, QueueFigures, QueueShare } from "@polyglot/contracts/service";
import { stringify } from "yaml";
import { formatDuration } from "./amounts.ts";

/** What is declared of it, with the defaults, who shares it, and who spoke last. */
export function queueDetails(queue: Queue): string[] {
  const { spec, changedBy, shares } = queue;
  const said = [
    ...figuresText(queue),
    ...(changedBy === "" ? [] : ["", `last changed by ${changedBy}`]),
    ...sharesText(shares),
  ];
  if (spec === undefined) return [...said, "", "nothing declares it: it has the defaults"];
  return [...said, "", ...stringify(spec).trimEnd().split("\n")];
}

/** The part of each is by weight, of those that have something in the queue now. */
function sharesText(shares: readonly QueueShare[]): string[] {
  if (shares.length === 0) return [];
  const whole = shares.reduce((sum, { weight }) => sum + weight, 0);
  const rows = shares.map(({ name, weight, waiting, running }) => {
    const part = Math.round((weight / whole) * 100);
    return `  ${name === "" ? "(no key)" : name}: weight ${weight}, part ${part}%, ${waiting} waiting, ${running} running`;
  });
  return ["", "shared by", ...rows];
}

/** Nothing where nothing happened and nothing waits. */
function figuresText({ figures, pipelines, utilisationPercent }: Queue): string[] {
  if (figures === undefined) return [];
  const rows = pipelines.flatMap((one) => [`  ${one.pipelineId}:`, ...figureRows(one).map((row) => `    ${row}`)]);
  const inUse = `${Math.round(utilisationPercent)}% of what may run at once does`;
  return ["", "the last five minutes", ...[inUse, ...figureRows(figures)].map((row) => `  ${row}`), ...rows];
}

const figureRows = ({ waiting, running, wait, processing, ...rates }: QueueFigures): string[] => [
  `${waiting} waiting, ${running} running`,
  `${rateText(rates.enqueuedPerSecond)} in, ${rateText(rates.startedPerSecond)} started, ${rateText(rates.settledPerSecond)} done`,
  `waits ${percentilesText(wait)}, takes ${percentilesText(processing)} (p50/p95/p99)`,
];

const rateText = (perSecond: number): string => `${perSecond.toFixed(perSecond < 1 ? 2 : 1)}/s`;

/** A line where nobody knows. */
export function percentilesText(percentiles: Percentiles | undefined): string {
  if (percentiles === undefined) return "-";
  const { p50Ms, p95Ms, p99Ms } = percentiles;
  return [p50Ms, p95Ms, p99Ms].map((ms) => formatDuration(ms)).join("/");
}
