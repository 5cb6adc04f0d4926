/** How each kind is shown in a table. */
import { gpuText, ratePair, usageText } from "./host-load.ts";
import type { JsonObject } from "@bufbuild/protobuf";
import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import {
  ActivationSchema,
  AgentSchema,
  AlertSchema,
  ArtifactSchema,
  CalendarSchema,
  type Condition,
  ExecutionSchema,
  PipelineDescriptionSchema,
  PipelineSchema,
  QueueSchema,
  RepositorySchema,
  RuntimeSchema,
  ScheduleSchema,
  SecretSchema,
  TriggerSchema,
} from "@polyglot/contracts/service";
import { formatAge, formatBytes, formatDuration, formatSpan, shorten } from "./amounts.ts";
import { colourFor, colourState } from "./colour.ts";
import { executionDetails } from "./execution-details.ts";
import { executionState } from "./execution-state.ts";
import type { View } from "./format.ts";
import { pipelineDetails } from "./pipeline-details.ts";
import { percentilesText, queueDetails } from "./queue-details.ts";
import { repositoryDetails } from "./repository-details.ts";
import { valueText } from "./value-text.ts";

export const pipelineView: View<typeof PipelineSchema> = {
  schema: PipelineSchema,
  name: (row) => row.pipelineId,
  columns: [
    { title: "PIPELINE", text: (row) => row.pipelineId },
    { title: "READY", text: (row) => (row.suspended ? "Suspended" : colourState(statusOf(row.conditions, "Ready"))) },
    { title: "PREPARED", text: (row) => preparedState(row.conditions) },
    { title: "REVISION", text: (row) => shorten(row.revision) },
    { title: "PLAN", text: (row) => shorten(row.planDigest) },
    { title: "QUEUE", text: (row) => row.queue },
    { title: "TRIGGERS", text: (row) => row.triggers.join(", ") },
    {
      title: "INPUTS",
      text: (row) => row.inputs.map((input) => `${input.name}: ${input.type}`).join(", "),
      wide: true,
    },
    { title: "PREPARATION", text: (row) => preparationOf(row.conditions), wide: true },
    { title: "REPOSITORY", text: (row) => row.repository, wide: true },
    { title: "FILE", text: (row) => row.file, wide: true },
    { title: "UPDATED", text: (row, now) => formatAge(row.updatedAt, now), wide: true },
  ],
};

/** One pipeline, with its settings. */
export const pipelineDescriptionView: View<typeof PipelineDescriptionSchema> = {
  schema: PipelineDescriptionSchema,
  name: ({ pipeline }) => pipeline?.pipelineId ?? "",
  columns: pipelineView.columns.map(({ text, ...column }) => ({
    ...column,
    text: ({ pipeline }, now) => (pipeline === undefined ? "" : text(pipeline, now)),
  })),
  details: pipelineDetails,
};

/** What is not so yet says why not: `Building`. */
function preparedState(conditions: readonly Condition[]): string {
  const known = conditions.find(({ type }) => type === "Prepared");
  return known?.status === "Unknown" ? known.reason : colourState(known?.status ?? "");
}

const preparationOf = (conditions: readonly Condition[]): string =>
  conditions.find(({ type }) => type === "Prepared")?.message.split("\n")[0] ?? "";

export const executionView: View<typeof ExecutionSchema> = {
  schema: ExecutionSchema,
  name: (row) => row.executionId,
  columns: [
    { title: "EXECUTION", text: (row) => row.executionId },
    { title: "PIPELINE", text: (row) => row.pipelineId },
    { title: "STATE", text: (row) => colourFor(row.state, executionState(row)) },
    { title: "ATTEMPT", text: (row) => `${row.attemptNo}/${row.maxAttempts}`, align: "right" },
    { title: "AGE", text: (row, now) => formatAge(row.enqueuedAt, now), align: "right" },
    { title: "TOOK", text: (row, now) => formatSpan(row.startedAt, row.endedAt, now), align: "right" },
    { title: "TRIGGER", text: (row) => row.trigger, wide: true },
    { title: "QUEUE", text: (row) => row.queue, wide: true },
    { title: "AGENT", text: (row) => row.agentId, wide: true },
    { title: "REVISION", text: (row) => shorten(row.revision), wide: true },
    { title: "PLAN", text: (row) => shorten(row.planDigest), wide: true },
  ],
};

/** One execution, with what a list has no room for. */
export const executionDetailView: View<typeof ExecutionSchema> = { ...executionView, details: executionDetails };

export const queueView: View<typeof QueueSchema> = {
  schema: QueueSchema,
  name: (row) => row.name,
  columns: [
    { title: "QUEUE", text: (row) => row.name },
    { title: "TYPE", text: (row) => row.type },
    { title: "STATE", text: (row) => row.state },
    { title: "WAITING", text: (row) => String(row.waiting), align: "right" },
    { title: "RUNNING", text: (row) => String(row.running), align: "right" },
    { title: "DEAD", text: (row) => String(row.deadLetters), align: "right" },
    { title: "IN/S", text: (row) => row.enqueuedPerSecond.toFixed(1), align: "right" },
    { title: "OUT/S", text: (row) => row.settledPerSecond.toFixed(1), align: "right" },
    { title: "OLDEST", text: (row) => formatDuration(row.oldestWaitSeconds * 1000), align: "right" },
    { title: "IN USE", text: (row) => `${Math.round(row.utilisationPercent)}%`, align: "right", wide: true },
    { title: "WAIT P50/P95/P99", text: (row) => percentilesText(row.figures?.wait), align: "right", wide: true },
    { title: "TAKES P50/P95/P99", text: (row) => percentilesText(row.figures?.processing), align: "right", wide: true },
  ],
};

export const queueDescriptionView: View<typeof QueueSchema> = { ...queueView, details: queueDetails };

export const agentView: View<typeof AgentSchema> = {
  schema: AgentSchema,
  name: (row) => row.agentId,
  columns: [
    { title: "AGENT", text: (row) => row.agentId },
    { title: "HOST", text: (row) => row.host },
    { title: "STATE", text: (row) => (row.cordonedBy === "" ? colourState(row.state) : `${row.state}, cordoned`) },
    { title: "RUNNING", text: (row) => `${row.running}/${row.capacity}`, align: "right" },
    { title: "CPU", text: (row) => (row.sample ? `${Math.round(row.sample.cpuPercent)}%` : ""), align: "right" },
    { title: "MEMORY", text: (row) => (row.sample ? formatBytes(row.sample.memoryUsedBytes) : ""), align: "right" },
    {
      title: "RUNTIMES",
      text: (row) =>
        row.runtimes
          .filter((runtime) => runtime.usable)
          .map((runtime) => `${runtime.name} ${runtime.version}`)
          .join(", "),
    },
    {
      title: "DISK FREE",
      text: ({ sample }) => (sample ? formatBytes(sample.diskFreeBytes) : ""),
      align: "right",
      wide: true,
    },
    {
      title: "DISK R/W",
      text: ({ sample }) => ratePair(sample?.diskReadBytesPerSecond, sample?.diskWrittenBytesPerSecond),
      wide: true,
    },
    {
      title: "NET IN/OUT",
      text: ({ sample }) => ratePair(sample?.networkReceivedBytesPerSecond, sample?.networkSentBytesPerSecond),
      wide: true,
    },
    { title: "WORKERS", text: ({ sample }) => usageText(sample?.allWorkers), wide: true },
    { title: "GPU", text: ({ sample }) => gpuText(sample?.gpus ?? []), wide: true },
    {
      title: "NOT USABLE",
      text: (row) =>
        row.runtimes
          .filter((runtime) => !runtime.usable)
          .map((runtime) => `${runtime.path} (${runtime.problem})`)
          .join(", "),
      wide: true,
    },
    { title: "LABELS", text: ({ labels }) => labelText(labels), wide: true },
    { title: "CONTAINMENT", text: (row) => row.containment, wide: true },
    { title: "VERSION", text: (row) => row.version, wide: true },
  ],
};

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");

export const runtimeView: View<typeof RuntimeSchema> = {
  schema: RuntimeSchema,
  name: (row) => row.path,
  columns: [
    { title: "RUNTIME", text: (row) => row.name },
    { title: "VERSION", text: (row) => (row.version === "0" ? "" : row.version) },
    { title: "USABLE", text: (row) => colourState(row.usable ? "True" : "False") },
    { title: "PATH", text: (row) => row.path },
    { title: "REMARK", text: (row) => row.problem },
  ],
};

export const alertView: View<typeof AlertSchema> = {
  schema: AlertSchema,
  name: (row) => (row.subject === "" ? row.name : `${row.name}/${row.subject}`),
  columns: [
    { title: "ALERT", text: (row) => row.name },
    { title: "ABOUT", text: (row) => row.subject },
    { title: "STATE", text: (row) => (row.suspended ? `${row.state}, suspended` : row.state) },
    { title: "SEVERITY", text: (row) => row.severity },
    { title: "SINCE", text: (row, now) => formatAge(row.since, now), align: "right" },
    { title: "MESSAGE", text: (row) => row.message },
    { title: "TELLS", text: (row) => row.notify.join(", "), wide: true },
    { title: "NOT TOLD", text: (row) => row.problem },
  ],
};

export const triggerView: View<typeof TriggerSchema> = {
  schema: TriggerSchema,
  name: (row) => `${row.pipelineId}/${row.key}`,
  columns: [
    { title: "PIPELINE", text: (row) => row.pipelineId },
    { title: "TRIGGER", text: (row) => row.name },
    { title: "ADDRESS", text: (row) => row.address },
    { title: "STATE", text: (row) => row.state },
    { title: "SINCE", text: (row) => (row.since === undefined ? "" : timeText(row.since)) },
    { title: "PROBLEM", text: (row) => row.problem },
    { title: "KEY", text: (row) => row.key, wide: true },
    { title: "ARGUMENTS", text: (row) => compact(row.arguments) },
  ],
};

export const scheduleView: View<typeof ScheduleSchema> = {
  schema: ScheduleSchema,
  name: (row) => `${row.pipelineId}/${row.key}`,
  columns: [
    { title: "PIPELINE", text: (row) => row.pipelineId },
    { title: "WHEN", text: (row) => row.when },
    { title: "TIMEZONE", text: (row) => row.timezone },
    { title: "NEXT", text: (row) => timeText(row.next[0]) },
    { title: "LAST", text: (row, now) => formatAge(row.last, now), align: "right" },
    { title: "THEN", text: (row) => row.next.slice(1).map(timeText).join(" "), wide: true },
    { title: "CATCH UP", text: (row) => row.catchUp, wide: true },
    { title: "OVERLAP", text: (row) => row.overlap, wide: true },
    { title: "CALENDARS", text: (row) => row.calendars.join(", "), wide: true },
    { title: "JITTER", text: (row) => (row.jitterSeconds === 0 ? "" : `${row.jitterSeconds} s`), wide: true },
    { title: "KEY", text: (row) => row.key, wide: true },
  ],
};

export const calendarView: View<typeof CalendarSchema> = {
  schema: CalendarSchema,
  name: (row) => row.name,
  columns: [
    { title: "CALENDAR", text: (row) => row.name },
    { title: "NOW", text: (row) => (row.open ? "open" : "closed") },
    { title: "UNTIL", text: (row) => timeText(row.changesAt) },
    { title: "MODE", text: (row) => row.mode },
    { title: "WINDOWS", text: (row) => row.windows.join("; ") },
    { title: "TIMEZONE", text: (row) => row.timezone },
    { title: "PIPELINES", text: (row) => row.pipelines.join(", ") },
    { title: "NAMESPACES", text: (row) => row.namespaces.join(", "), wide: true },
    { title: "COVERS", text: (row) => row.covers.join(", "), wide: true },
  ],
};

/** To the second, in UTC. */
const timeText = (time: Timestamp | undefined): string =>
  time === undefined
    ? "never"
    : timestampDate(time)
        .toISOString()
        .replace(/\.\d+Z$/, "Z");

export const activationView: View<typeof ActivationSchema> = {
  schema: ActivationSchema,
  name: (row) => row.activationId,
  columns: [
    { title: "ACTIVATION", text: (row) => row.activationId },
    { title: "PIPELINE", text: (row) => row.pipelineId },
    { title: "TRIGGER", text: (row) => row.trigger },
    { title: "DECISION", text: (row) => (row.times > 1 ? `${row.decision} ×${row.times}` : row.decision) },
    { title: "EXECUTION", text: (row) => row.executionId },
    { title: "AGE", text: (row, now) => formatAge(row.at, now), align: "right" },
    { title: "REASON", text: (row) => row.reason },
    { title: "REVISION", text: (row) => shorten(row.revision), wide: true },
    { title: "CONTEXT", text: (row) => compact(row.triggerContext), wide: true },
  ],
};

export const repositoryView: View<typeof RepositorySchema> = {
  schema: RepositorySchema,
  name: (row) => row.name,
  columns: [
    { title: "REPOSITORY", text: (row) => row.name },
    { title: "BRANCH", text: (row) => row.branch },
    { title: "READY", text: (row) => colourState(statusOf(row.conditions, "Ready")) },
    { title: "SEEN", text: (row) => shorten(row.observedRevision) },
    { title: "IN FORCE", text: (row) => shorten(row.appliedRevision) },
    { title: "OBJECTS", text: (row) => String(row.inventory.length), align: "right" },
    { title: "URL", text: (row) => row.url, wide: true },
  ],
  details: repositoryDetails,
};

export const artifactView: View<typeof ArtifactSchema> = {
  schema: ArtifactSchema,
  name: (row) => row.name,
  columns: [
    { title: "ARTIFACT", text: (row) => row.name },
    { title: "SIZE", text: (row) => formatBytes(row.size), align: "right" },
    { title: "ATTEMPT", text: (row) => String(row.attemptNo), align: "right" },
    { title: "AGE", text: (row, now) => formatAge(row.at, now), align: "right" },
    { title: "EXECUTION", text: (row) => row.executionId, wide: true },
  ],
};

export const secretView: View<typeof SecretSchema> = {
  schema: SecretSchema,
  name: (row) => row.name,
  columns: [
    { title: "SECRET", text: (row) => row.name },
    { title: "SOURCE", text: (row) => row.source },
    { title: "READY", text: (row) => colourState(row.problem === "" ? "True" : "False") },
    { title: "NAMESPACES", text: (row) => row.namespaces.join(", ") || "all" },
    { title: "VERSION", text: (row) => (row.version === 0 ? "" : String(row.version)), align: "right" },
    { title: "SET", text: (row, now) => formatAge(row.setAt, now), align: "right" },
    { title: "PROBLEM", text: (row) => row.problem },
    { title: "SET BY", text: (row) => row.setBy, wide: true },
    { title: "REPOSITORY", text: (row) => row.repository, wide: true },
  ],
};

const statusOf = (conditions: readonly Condition[], type: string): string =>
  conditions.find((condition) => condition.type === type)?.status ?? "Unknown";

const compact = (value: JsonObject | undefined): string => valueText(value ?? {});
