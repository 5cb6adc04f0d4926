import type { Agent, Execution, Queue, Repository } from "@polyglot/contracts/service";
import { formatAge, formatBytes, formatDuration, formatSpan, shorten } from "../output/amounts.ts";
import { gpuBusyText, rateText } from "../output/host-load.ts";
import { executionState } from "../output/execution-state.ts";
import { isReady } from "./sections.ts";

export interface TopColumn<Row> {
  readonly title: string;
  /** Characters; the one column with 0 takes what is left of the line. */
  readonly width: number;
  readonly text: (row: Row, nowMs: number) => string;
  readonly align?: "right";
  /** Coloured by what it says. */
  readonly isState?: true;
}

export const agentColumns: readonly TopColumn<Agent>[] = [
  { title: "HOST", width: 0, text: (row) => row.agentId },
  { title: "STATE", width: 10, text: (row) => row.state, isState: true },
  { title: "RUN", width: 7, text: (row) => `${row.running}/${row.capacity}`, align: "right" },
  { title: "CPU", width: 5, text: ({ sample }) => (sample ? `${Math.round(sample.cpuPercent)}%` : ""), align: "right" },
  { title: "MEMORY", width: 8, text: (row) => memoryShare(row), align: "right" },
  {
    title: "DISK FREE",
    width: 10,
    text: ({ sample }) => (sample ? formatBytes(sample.diskFreeBytes) : ""),
    align: "right",
  },
  { title: "READ/S", width: 8, text: ({ sample }) => rateText(sample?.diskReadBytesPerSecond), align: "right" },
  { title: "WRITE/S", width: 8, text: ({ sample }) => rateText(sample?.diskWrittenBytesPerSecond), align: "right" },
  {
    title: "NET IN/S",
    width: 8,
    text: ({ sample }) => rateText(sample?.networkReceivedBytesPerSecond),
    align: "right",
  },
  { title: "OUT/S", width: 8, text: ({ sample }) => rateText(sample?.networkSentBytesPerSecond), align: "right" },
  { title: "GPU", width: 4, text: ({ sample }) => gpuBusyText(sample?.gpus ?? []), align: "right" },
];

export const queueColumns: readonly TopColumn<Queue>[] = [
  { title: "QUEUE", width: 0, text: (row) => row.name },
  { title: "TYPE", width: 9, text: (row) => row.type },
  { title: "WAITING", width: 8, text: (row) => String(row.waiting), align: "right" },
  { title: "RUNNING", width: 8, text: (row) => String(row.running), align: "right" },
  { title: "DEAD", width: 6, text: (row) => String(row.deadLetters), align: "right" },
  { title: "IN/S", width: 8, text: (row) => row.enqueuedPerSecond.toFixed(1), align: "right" },
  { title: "OUT/S", width: 8, text: (row) => row.settledPerSecond.toFixed(1), align: "right" },
  { title: "OLDEST", width: 8, text: (row) => formatDuration(row.oldestWaitSeconds * 1000), align: "right" },
];

export const repositoryColumns: readonly TopColumn<Repository>[] = [
  { title: "REPOSITORY", width: 0, text: (row) => row.name },
  { title: "BRANCH", width: 12, text: (row) => row.branch },
  { title: "READY", width: 7, text: (row) => (isReady(row) ? "True" : "False"), isState: true },
  { title: "IN FORCE", width: 11, text: (row) => shorten(row.appliedRevision) },
  { title: "SEEN", width: 11, text: (row) => shorten(row.observedRevision) },
];

export const executionColumns: readonly TopColumn<Execution>[] = [
  { title: "EXECUTION", width: 13, text: (row) => row.executionId.slice(0, 13) },
  { title: "PIPELINE", width: 0, text: (row) => shortName(row.pipelineId) + waitText(row) },
  { title: "STATE", width: 13, text: (row) => row.state, isState: true },
  { title: "TRY", width: 3, text: (row) => String(row.attemptNo), align: "right" },
  { title: "CPU", width: 7, text: ({ metrics }) => (metrics ? formatDuration(metrics.cpuTimeMs) : ""), align: "right" },
  {
    title: "MEMORY",
    width: 7,
    text: ({ metrics }) => (metrics ? `${Math.round(metrics.memoryPeakMb)} MB` : ""),
    align: "right",
  },
  { title: "AGE", width: 7, text: (row, now) => formatAge(row.enqueuedAt, now), align: "right" },
  { title: "TOOK", width: 7, text: (row, now) => formatSpan(row.startedAt, row.endedAt, now), align: "right" },
];

function memoryShare({ sample }: Agent): string {
  if (sample === undefined || sample.memoryTotalBytes === 0n) return "";
  return `${Math.round((100 * Number(sample.memoryUsedBytes)) / Number(sample.memoryTotalBytes))}%`;
}

/** `Orders#Total` of `io.example>Orders#Total`: the end of a name tells most. */
const shortName = (pipelineId: string): string => pipelineId.slice(pipelineId.lastIndexOf(">") + 1);

/** Why it waits, where that is for a person; nothing where the state says all. */
function waitText(row: Execution): string {
  const text = executionState(row);
  return text === row.state ? "" : ` - ${text}`;
}
