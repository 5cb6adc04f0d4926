/**
 * An execution as a drawing: its attempts one after the other, each with its wait and its steps on a time axis of its own.
 *
 *     attempt 1 of 3 on builder: succeeded after 400 ms
 *       waited 12 ms, CPU 30 ms, conversion 0.1 ms, memory peak 21.0 MB
 *     STEP     TIMELINE                       START    TOOK  STATE
 *     waiting  ░                                      12 ms
 *     run.0     ████████████                  +0 ms  250 ms  succeeded
 *     run.1                 ███████         +250 ms  150 ms  succeeded
 */
import type { Attempt, Execution, ExecutionError, Metrics, StepSummary } from "@polyglot/contracts/service";
import { formatDuration, toMs } from "./amounts.ts";
import { drawBorders } from "./borders.ts";
import { errorLine } from "./error-line.ts";
import { executionState } from "./execution-state.ts";
import { growStep } from "./grow-step.ts";
import { shortenEnd, shortenStart } from "./shorten.ts";
import { drawSteps, type Paint } from "./timeline-rows.ts";

export interface Canvas {
  /** Characters of a line. Below 80 the drawing takes 80. */
  readonly columns: number;
  readonly nowMs: number;
  readonly paint: Paint;
}

const leastColumns = 80;
const agentCharacters = 40;

export function drawTimeline(execution: Execution, canvas: Canvas): string[] {
  const columns = Math.max(canvas.columns, leastColumns);
  const { executionId, pipelineId, state, attempts } = execution;
  const place = shortenStart(pipelineId, columns - executionId.length - state.length - 4);
  const lines = [`${executionId}  ${canvas.paint(state, state)}  ${place}`];
  let waitsSinceMs = execution.enqueuedAt === undefined ? canvas.nowMs : toMs(execution.enqueuedAt);
  for (const attempt of attempts) {
    lines.push("", ...drawAttempt(attempt, execution.maxAttempts, waitsSinceMs, { ...canvas, columns }));
    if (attempt.endedAt !== undefined) waitsSinceMs = toMs(attempt.endedAt);
  }
  return [...lines, ...drawOpenEnd(execution, waitsSinceMs, canvas)];
}

/** What there is to say of an execution that has not ended. */
function drawOpenEnd(execution: Execution, waitsSinceMs: number, canvas: Canvas): string[] {
  const { nowMs, paint } = canvas;
  const { state, attemptNo, maxAttempts, agentId, startedAt } = execution;
  if (state === "waiting") {
    const next = `attempt ${attemptNo + 1} of ${maxAttempts}`;
    return [
      "",
      `${next}: ${paint(state, executionState(execution))} for ${formatDuration(since(waitsSinceMs, nowMs))}`,
    ];
  }
  if (state !== "running" || execution.attempts.some((attempt) => attempt.attemptNo === attemptNo)) return [];
  const runs = startedAt === undefined ? "" : ` for ${formatDuration(since(toMs(startedAt), nowMs))}`;
  const title = `attempt ${attemptNo} of ${maxAttempts} on ${shortenEnd(agentId, agentCharacters)}: ${paint(state, "running")}${runs}`;
  const head = ["", title];
  if (execution.steps.length === 0) {
    return [...head, "its steps are not known yet; `polyglot logs -f` shows what it prints"];
  }
  return [...head, ...drawRunning(execution, waitsSinceMs, canvas)];
}

/** Up to now: what has not ended goes on since the agent told of it. */
function drawRunning({ steps, startedAt, metrics }: Execution, waitsSinceMs: number, canvas: Canvas): string[] {
  const columns = Math.max(canvas.columns, leastColumns);
  const startMs = startedAt === undefined ? waitsSinceMs : toMs(startedAt);
  const waitMs = since(waitsSinceMs, startMs);
  const grown = steps.map((step) => growStep(step, canvas.nowMs));
  const endMs = grown.reduce((latest, step) => Math.max(latest, stepEnd(step)), canvas.nowMs);
  return [...costLines(metrics, waitMs), ...drawSteps(grown, { waitMs, startMs, endMs }, columns, canvas.paint)];
}

function drawAttempt(attempt: Attempt, maxAttempts: number, waitsSinceMs: number, canvas: Canvas): string[] {
  const startMs = startOf(attempt);
  const waitMs = since(waitsSinceMs, startMs);
  const lines = [outcomeLine(attempt, maxAttempts, canvas.paint), ...costLines(attempt.metrics, waitMs)];
  if (attempt.error !== undefined) lines.push(shortenEnd(`  ${errorText(attempt.error)}`, canvas.columns));
  if (attempt.steps.length === 0) return [...lines, "  no steps are known of it"];
  const span = { waitMs, startMs, endMs: endOf(attempt) };
  return [...lines, ...drawSteps(attempt.steps, span, canvas.columns, canvas.paint), ...drawBorders(attempt.steps)];
}

function outcomeLine(attempt: Attempt, maxAttempts: number, paint: Paint): string {
  const { attemptNo, agentId, outcome } = attempt;
  const place = agentId === "" ? "" : ` on ${shortenEnd(agentId, agentCharacters)}`;
  const took = formatDuration(since(startOf(attempt), endOf(attempt)));
  return `attempt ${attemptNo} of ${maxAttempts}${place}: ${paint(outcome, outcome)} after ${took}`;
}

function costLines(metrics: Metrics | undefined, waitMs: number): string[] {
  const waited = `  waited ${formatDuration(waitMs)}`;
  if (metrics === undefined) return [waited];
  const { cpuTimeMs, conversionOverheadMs, memoryPeakMb, forks, joinLatencyMs } = metrics;
  const costs = `CPU ${formatDuration(cpuTimeMs)}, conversion ${formatDuration(conversionOverheadMs)}`;
  const line = `${waited}, ${costs}, memory peak ${memoryPeakMb.toFixed(1)} MB`;
  return forks === 0 ? [line] : [line, `  branches ${forks}, join latency ${formatDuration(joinLatencyMs)}`];
}

function startOf({ startedAt, claimedAt }: Attempt): number {
  const at = startedAt ?? claimedAt;
  return at === undefined ? 0 : toMs(at);
}

/** Ends of steps are known more exactly than that of their attempt. */
function endOf(attempt: Attempt): number {
  const end = attempt.endedAt === undefined ? startOf(attempt) : toMs(attempt.endedAt);
  return attempt.steps.reduce((latest, step) => Math.max(latest, stepEnd(step)), end);
}

const stepEnd = ({ startedAt, durationMs }: StepSummary): number =>
  startedAt === undefined ? 0 : toMs(startedAt) + durationMs;

const since = (earlierMs: number, laterMs: number): number => Math.max(0, laterMs - earlierMs);
const errorText = (error: ExecutionError): string =>
  errorLine({ ...error, message: error.message.split("\n", 1)[0] ?? "" });
