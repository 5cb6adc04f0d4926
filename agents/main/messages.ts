/** From what the executioner and the watcher say to what the stream carries. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { CanonicalValue, ExecutionId, PipelineId } from "@polyglot/contracts";
import {
  type AttemptResult,
  AttemptResultSchema,
  type ExecutionError,
  ExecutionErrorSchema,
  type ExecutionRequest,
  type LogLine,
  LogLineSchema,
  type Metrics,
  MetricsSampleSchema,
  type MetricsSample,
  MetricsSchema,
  type StepSummary,
  StepSummarySchema,
} from "@polyglot/contracts/service";
import type { Attempt, AttemptReport, Cost, ExecutionLogLine, StepRecord } from "../execute/attempt.ts";
import type { RunError } from "../execute/raised.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const noOutputs = encoder.encode("{}");

export function attemptOf(request: ExecutionRequest): Attempt {
  const enqueuedAt = request.queueContext?.enqueuedAt;
  return {
    executionId: request.executionId as ExecutionId,
    attemptNo: request.attemptNo,
    pipelineId: request.pipelineId as PipelineId,
    inputs: parseInputs(request.inputs),
    ...(enqueuedAt === undefined ? {} : { enqueuedAt: Number(enqueuedAt.seconds) * 1000 + enqueuedAt.nanos / 1e6 }),
  };
}

function parseInputs(bytes: Uint8Array): Record<string, CanonicalValue> {
  return bytes.length === 0 ? {} : (JSON.parse(decoder.decode(bytes)) as Record<string, CanonicalValue>);
}

/** What was started is said with an outcome other than `lost`. */
export function resultOf(attempt: Attempt, report: AttemptReport): AttemptResult {
  return create(AttemptResultSchema, {
    executionId: attempt.executionId,
    attemptNo: attempt.attemptNo,
    outcome: report.outcome,
    outputs: encodeOutputs(report.outputs),
    metrics: metricsOf(report.cost, report.waitMs),
    steps: report.steps.map(stepOf),
    startedAt: timestampFromMs(report.startedAt),
    endedAt: timestampFromMs(report.endedAt),
    cleanup: report.cleanup,
    ...(report.error === undefined ? {} : { error: errorOf(report.error) }),
    ...(report.exitCode === undefined ? {} : { exitCode: report.exitCode }),
  });
}

function encodeOutputs(outputs: AttemptReport["outputs"]): Uint8Array {
  for (const _ in outputs) return encoder.encode(JSON.stringify(outputs));
  return noOutputs;
}

function stepOf(step: StepRecord): StepSummary {
  return create(StepSummarySchema, {
    nodeId: step.node,
    state: step.state,
    startedAt: timestampFromMs(step.startedAt),
    durationMs: step.durationMs,
    ...(step.error === undefined ? {} : { error: errorOf(step.error) }),
  });
}

function errorOf({ type, message, trace, step }: RunError): ExecutionError {
  return create(ExecutionErrorSchema, { type, message, trace, step });
}

function metricsOf(cost: Cost, waitMs = 0): Metrics {
  return create(MetricsSchema, {
    cpuTimeMs: cost.cpuTimeMs,
    memoryPeakMb: cost.memoryPeakMb,
    durationMs: cost.durationMs,
    conversionOverheadMs: cost.conversionMs,
    waitMs,
  });
}

export function sampleOf(attempt: Attempt, node: string, cost: Cost, now: number): MetricsSample {
  return create(MetricsSampleSchema, {
    pipelineId: attempt.pipelineId,
    executionId: attempt.executionId,
    nodeId: node,
    metrics: metricsOf(cost),
    timestamp: timestampFromMs(now),
  });
}

export function logLineOf(attempt: Attempt, line: ExecutionLogLine): LogLine {
  return create(LogLineSchema, {
    executionId: attempt.executionId,
    attemptNo: attempt.attemptNo,
    sequence: BigInt(line.sequence),
    at: timestampFromMs(line.at),
    level: line.level,
    nodeId: line.node,
    text: line.text,
  });
}
