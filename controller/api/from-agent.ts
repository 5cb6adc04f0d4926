/** From the messages of agents to what the controller stores. */
import { toJson } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type AgentId, type CleanupState, cleanupStates, type NativeLanguage } from "@polyglot/contracts";
import {
  type AttemptResult as AttemptResultMessage,
  type BackgroundBranch as BackgroundBranchMessage,
  type BorderCost,
  ExecutionErrorSchema,
  type FileOccurrence as FileOccurrenceMessage,
  type Hello,
  type HostSample,
  HostSampleSchema,
  type LogLine,
  type Metrics,
  type StepSummary,
} from "@polyglot/contracts/service";
import { Code, ConnectError } from "@connectrpc/connect";
import type { AttemptResult } from "../queue/attempt-result.ts";
import type { ConnectedAgentFacts, HostLoad } from "../queue/routing/agent-facts.ts";
import type { BackgroundBranch } from "../store/executions.ts";
import type { StoredLogLine } from "../store/logs.ts";
import { isExecutionId } from "./step-calls.ts";
import type { FileOccurrence } from "../triggers/file-triggers.ts";

/** Fields keep their names of the contract, so that what is stored reads like what was sent. */
const json = { useProtoFieldName: true, alwaysEmitImplicit: true } as const;
const text = new TextDecoder("utf-8", { fatal: true });

export function toAttemptResult(message: AttemptResultMessage): AttemptResult {
  const { error, metrics } = message;
  return {
    executionId: message.executionId,
    attemptNo: message.attemptNo,
    outcome: oneOf(["succeeded", "failed", "killed", "cancelled", "waiting"], message.outcome, "outcome"),
    outputs: message.outputs.length === 0 ? null : text.decode(message.outputs),
    error: error === undefined ? null : JSON.stringify(toJson(ExecutionErrorSchema, error, json)),
    metrics: metrics === undefined ? null : JSON.stringify(metricsJson(metrics)),
    steps: JSON.stringify(message.steps.map(stepJson)),
    exitCode: message.exitCode ?? null,
    waitsFor: message.waitsFor,
    isFinal: message.final,
    cleanup: oneOf<CleanupState>(cleanupStates, message.cleanup, "cleanup"),
    startedAt: message.startedAt === undefined ? null : timestampDate(message.startedAt),
    endedAt: message.endedAt === undefined ? new Date() : timestampDate(message.endedAt),
    ...(message.background.length === 0 ? {} : { background: message.background.map(toBranch) }),
  };
}

function toBranch({ executionId, nodeId }: BackgroundBranchMessage): BackgroundBranch {
  if (isExecutionId(executionId)) return { executionId, nodeId };
  throw new ConnectError("a background branch goes on under an id that is none", Code.InvalidArgument);
}

/** By hand, not by reflection: every result has both, and `toJson` took a quarter of the time that a result takes. */
const metricsJson = (metrics: Metrics) => ({
  cpu_time_ms: metrics.cpuTimeMs,
  memory_peak_mb: metrics.memoryPeakMb,
  duration_ms: metrics.durationMs,
  conversion_overhead_ms: metrics.conversionOverheadMs,
  wait_ms: metrics.waitMs,
  ...(metrics.forks === 0 ? {} : { forks: metrics.forks }),
  ...(metrics.borders.length === 0 ? {} : { borders: metrics.borders.map(borderJson) }),
  ...(metrics.joinLatencyMs === 0 ? {} : { join_latency_ms: metrics.joinLatencyMs }),
});

const borderJson = ({ from, to, bytes, sharedBytes, ms }: BorderCost) => ({
  from,
  to,
  bytes,
  shared_bytes: sharedBytes,
  ms,
});

const stepJson = ({ nodeId, state, startedAt, durationMs, error, metrics }: StepSummary) => ({
  node_id: nodeId,
  state,
  ...(startedAt === undefined ? {} : { started_at: timestampDate(startedAt).toISOString() }),
  duration_ms: durationMs,
  ...(error === undefined ? {} : { error: toJson(ExecutionErrorSchema, error, json) }),
  ...(metrics === undefined ? {} : { metrics: metricsJson(metrics) }),
});

export function toFileOccurrence(message: FileOccurrenceMessage): FileOccurrence {
  const seenAt = message.timestamp === undefined ? new Date() : timestampDate(message.timestamp);
  return {
    pipelineId: message.pipelineId,
    triggerKey: message.triggerKey,
    path: message.path,
    version: message.version,
    present: message.event !== "deleted",
    size: Number(message.size),
    modifiedAt: (message.modifiedAt === undefined ? seenAt : timestampDate(message.modifiedAt)).toISOString(),
    seenAt: seenAt.toISOString(),
  };
}

const languageOf: Readonly<Record<string, NativeLanguage>> = { python: "py", node: "js", rust: "rust", cpp: "cpp" };

export function toFacts(agentId: AgentId, hello: Hello): ConnectedAgentFacts {
  const { host, labels, capacity, cores, containment, runtimes } = hello;
  return {
    ...{ agentId, host, labels, capacity, cores },
    runtimes: runtimes.flatMap(({ name, version, usable }) => {
      const language = languageOf[name];
      return usable && language !== undefined ? [{ language, version }] : [];
    }),
    layers: new Set(containment?.layers),
    isStrong: containment?.level === "strong",
  };
}

export const toLoad = (sample: HostSample): HostLoad => ({
  cpuPercent: sample.cpuPercent,
  memoryTotalBytes: Number(sample.memoryTotalBytes),
  memoryUsedBytes: Number(sample.memoryUsedBytes),
  workerMemoryBytes: Number(sample.allWorkers?.memoryBytes ?? 0),
  diskFreeBytes: Number(sample.diskFreeBytes),
  // One that does not say how busy it is counts as busy.
  gpus: sample.gpus.map(({ busyPercent = 100 }) => ({ busyPercent })),
});

/** The host's load and how much of the agent runs, as listings show it. */
export const toSample = (host: HostSample, running: number): object => ({
  host: toJson(HostSampleSchema, host, json),
  running,
});

export const toLogLine = (line: LogLine): StoredLogLine => ({
  executionId: line.executionId,
  attemptNo: line.attemptNo,
  sequence: Number(line.sequence),
  at: line.at === undefined ? new Date() : timestampDate(line.at),
  level: line.level,
  nodeId: line.nodeId,
  text: line.text,
});

function oneOf<Word extends string>(words: readonly Word[], word: string, field: string): Word {
  const found = words.find((known) => known === word);
  if (found === undefined) {
    throw new ConnectError(`${field} is one of ${words.join(", ")}, got '${word}'`, Code.InvalidArgument);
  }
  return found;
}
