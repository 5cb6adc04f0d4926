/** From what the executioner and the watcher say to what the stream carries. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type CanonicalValue, type ExecutionId, type PipelineId, type Sandbox, sandboxes } from "@polyglot/contracts";
import {
  type AttemptProgress as AttemptProgressMessage,
  AttemptProgressSchema,
  type AttemptResult,
  AttemptResultSchema,
  type ExecutionError,
  ExecutionErrorSchema,
  type ExecutionRequest,
  type ExecutionSettings,
  type KillRules,
  type HostSample,
  type LogLine,
  LogLineSchema,
  type Metrics,
  MetricsSampleSchema,
  type MetricsSample,
  MetricsSchema,
  type StepSummary,
  StepSummarySchema,
} from "@polyglot/contracts/service";
import type { Attempt, AttemptProgress, AttemptReport, Branching, Cost, ExecutionLogLine } from "../execute/attempt.ts";
import type { AttemptSettings } from "../execute/settings.ts";
import type { HostLoad } from "../stdlib/library-function.ts";
import { at, type RunError, raised } from "../execute/raised.ts";

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
    ...(request.settings === undefined ? {} : { settings: settingsOf(request.settings) }),
    ...(isReplay(request.triggerContext) ? { isReplay: true } : {}),
    ...(enqueuedAt === undefined ? {} : { enqueuedAt: Number(enqueuedAt.seconds) * 1000 + enqueuedAt.nanos / 1e6 }),
  };
}

function settingsOf({ kill, limits, env, network, sandbox }: ExecutionSettings): AttemptSettings {
  return {
    kill: kill === undefined ? undefined : killOf(kill),
    env,
    ...present({ outputBytes: amount(limits?.outputBytes) }),
    confinement: present({
      cores: limits?.cpu,
      maxMemoryBytes: amount(limits?.memoryBytes),
      maxDiskBytes: amount(limits?.diskBytes),
      maxProcesses: limits?.processes,
      network: network === "none" ? network : undefined,
      sandbox: sandboxOf(sandbox),
    }),
  };
}

const amount = (bytes: bigint | undefined): number | undefined => (bytes === undefined ? undefined : Number(bytes));

/** A word that this version does not know is one of a newer controller: all that there is is demanded. */
function sandboxOf(word: string): Sandbox | undefined {
  return word === "" ? undefined : (sandboxes.find((known) => known === word) ?? "strict");
}

function killOf(rules: KillRules): AttemptSettings["kill"] {
  return present({
    timeout_seconds: rules.timeoutSeconds,
    grace_seconds: rules.graceSeconds,
    strategy: killStrategies.find((known) => known === rules.strategy),
    cpu_percent: rules.cpuPercent,
    memory_bytes: rules.memoryBytes,
    memory_percent: rules.memoryPercent,
    handler: rules.handler === "" ? undefined : rules.handler,
  });
}

const killStrategies = ["graceful", "immediate", "custom-handler", "degrade"] as const;

/** Without the fields that are undefined. */
function present<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: NonNullable<Fields[Name]>;
  };
}

/** What the controller writes of the execution that is replayed. One that only looks so reads a journal that is empty. */
const isReplay = (triggerContext: Uint8Array): boolean =>
  Buffer.from(triggerContext.buffer, triggerContext.byteOffset, triggerContext.length).includes('"replay_of"');

function parseInputs(bytes: Uint8Array): Record<string, CanonicalValue> {
  return bytes.length === 0 ? {} : (JSON.parse(decoder.decode(bytes)) as Record<string, CanonicalValue>);
}

/** Of any outcome but `lost`. Outputs that are too large for a message are the attempt's failure. */
export function resultOf(attempt: Attempt, report: AttemptReport): AttemptResult {
  const outputs = encodeOutputs(report.outputs);
  if (outputs === undefined) return resultOf(attempt, { ...report, ...tooLarge });
  return create(AttemptResultSchema, {
    executionId: attempt.executionId,
    attemptNo: attempt.attemptNo,
    outcome: report.outcome,
    outputs,
    metrics: metricsOf({ ...report.cost, waitMs: report.waitMs, ...report.branching }),
    steps: report.steps.map(stepOf),
    startedAt: timestampFromMs(report.startedAt),
    endedAt: timestampFromMs(report.endedAt),
    cleanup: report.cleanup,
    background: (report.background ?? []).map(({ attempt: { executionId }, node: nodeId }) => ({
      executionId,
      nodeId,
    })),
    waitsFor: [...(report.waitsFor ?? [])],
    final: report.error?.isFinal === true,
    ...(report.error === undefined ? {} : { error: errorOf(report.error, limits.errorCharacters) }),
    ...(report.exitCode === undefined ? {} : { exitCode: report.exitCode }),
  });
}

/** Messages to the controller end at 64 MiB. */
const limits = {
  /** Bytes of one attempt's outputs. */
  outputBytes: 32 * 1024 * 1024,
  /** Characters of an error's message, and of its trace: of the outcome's, and of a step's. */
  errorCharacters: 64 * 1024,
  stepErrorCharacters: 1024,
} as const;

const tooLarge: Pick<AttemptReport, "outcome" | "outputs" | "error"> = {
  outcome: "failed",
  outputs: {},
  error: at(
    "",
    raised(
      "ResourceError",
      `the outputs take more than ${limits.outputBytes} bytes: write large data to a file and give its path`,
    ),
  ),
};

/** Undefined where they are too large. */
function encodeOutputs(outputs: AttemptReport["outputs"]): Uint8Array | undefined {
  for (const _ in outputs) {
    const text = textOf(outputs);
    const bytes = text === undefined || text.length > limits.outputBytes ? undefined : encoder.encode(text);
    return bytes === undefined || bytes.length > limits.outputBytes ? undefined : bytes;
  }
  return noOutputs;
}

/** Half a gigabyte is more than a string can hold. */
function textOf(outputs: AttemptReport["outputs"]): string | undefined {
  try {
    return JSON.stringify(outputs);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Where an attempt stands, for people. */
export function progressOf({ attempt, steps, cost, branching }: AttemptProgress): AttemptProgressMessage {
  return create(AttemptProgressSchema, {
    executionId: attempt.executionId,
    attemptNo: attempt.attemptNo,
    steps: steps.map(stepOf),
    metrics: metricsOf({ ...cost, ...branching }),
  });
}

function stepOf(step: AttemptProgress["steps"][number]): StepSummary {
  const { cost, waitMs = 0, joinLatencyMs = 0 } = step;
  const hasMetrics = cost !== undefined || joinLatencyMs > 0;
  return create(StepSummarySchema, {
    nodeId: step.node,
    state: step.state,
    startedAt: timestampFromMs(step.startedAt),
    durationMs: step.durationMs,
    ...(step.error === undefined ? {} : { error: errorOf(step.error, limits.stepErrorCharacters) }),
    ...(hasMetrics ? { metrics: metricsOf({ ...noCost, ...cost, waitMs, joinLatencyMs }) } : {}),
  });
}

/** The beginning of a message and the end of a trace say most. */
function errorOf({ type, message, trace, step }: RunError, characters: number): ExecutionError {
  return create(ExecutionErrorSchema, {
    type,
    message: message.slice(0, characters),
    trace: trace.slice(-characters),
    step,
  });
}

const noCost: Cost = { cpuTimeMs: 0, memoryPeakMb: 0, durationMs: 0, conversionMs: 0 };

function metricsOf(cost: Cost & Partial<Branching> & { readonly waitMs?: number }): Metrics {
  return create(MetricsSchema, {
    cpuTimeMs: cost.cpuTimeMs,
    memoryPeakMb: cost.memoryPeakMb,
    durationMs: cost.durationMs,
    conversionOverheadMs: cost.conversionMs,
    waitMs: cost.waitMs ?? 0,
    forks: cost.forks ?? 0,
    joinLatencyMs: cost.joinLatencyMs ?? 0,
    borders: (cost.borders ?? []).map((border) => ({ ...border })),
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

/** For the standard library: numbers in doubles hold bytes up to 8 PiB exactly. */
export const loadOf = (sample: HostSample): HostLoad => ({
  cpuPercent: sample.cpuPercent,
  memoryUsedBytes: Number(sample.memoryUsedBytes),
  memoryTotalBytes: Number(sample.memoryTotalBytes),
  receivedBytesPerSecond: sample.networkReceivedBytesPerSecond,
  sentBytesPerSecond: sample.networkSentBytesPerSecond,
});
