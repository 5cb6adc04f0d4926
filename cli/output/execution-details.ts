import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Approval, Execution, Metrics, StepSummary } from "@polyglot/contracts/service";
import { formatDuration } from "./amounts.ts";
import { colourState } from "./colour.ts";
import { errorLine } from "./error-line.ts";
import { growStep } from "./grow-step.ts";
import { valueText } from "./value-text.ts";

/** What came in and out of an execution, what it cost, and what became of its steps. */
export function executionDetails(row: Execution, nowMs: number): string[] {
  const lines = [`inputs:  ${valueText(row.inputs ?? {})}`];
  if (row.parentId !== "") lines.push(`parent:  ${row.parentId}`);
  if (row.replayOf !== "") lines.push(`${row.trigger} of: ${row.replayOf}`);
  if (row.state === "waiting") lines.push(...row.approvals.map(approvalLine));
  if (row.wait !== undefined && row.approvals.length === 0) lines.push(`waits:   ${row.wait.message}`);
  for (const child of row.childIds) lines.push(`child:   ${child}`);
  if (row.state === "succeeded") lines.push(`outputs: ${valueText(row.outputs ?? {})}`);
  if (row.error !== undefined) lines.push(`error:   ${errorLine(row.error)}`, ...indent(row.error.trace));
  if (row.metrics !== undefined) lines.push(`metrics: ${metricsText(row.metrics)}`);
  for (const step of row.steps) {
    lines.push(`step:    ${stepText(growStep(step, nowMs))}`);
  }
  return lines;
}

function stepText({ nodeId, state, durationMs, metrics, error }: StepSummary): string {
  const failure = error === undefined ? "" : `: ${errorLine(error)}`;
  const cost = metrics === undefined ? "" : costText(metrics);
  const took = `${state === "running" ? "for " : ""}${formatDuration(durationMs)}`;
  return `${nodeId} ${colourState(state)} ${took}${cost}${failure}`;
}

function costText({ cpuTimeMs, joinLatencyMs }: Metrics): string {
  return joinLatencyMs > 0 ? `, join latency ${formatDuration(joinLatencyMs)}` : `, CPU ${formatDuration(cpuTimeMs)}`;
}

function approvalLine({ nodeId, message, expiresAt }: Approval): string {
  const until = expiresAt === undefined ? "" : ` (until ${timestampDate(expiresAt).toISOString()})`;
  return `waiting for approval at ${nodeId}: ${message}${until}`;
}

function metricsText(metrics: Metrics): string {
  const parts = [
    `CPU ${formatDuration(metrics.cpuTimeMs)}`,
    `memory peak ${metrics.memoryPeakMb.toFixed(1)} MB`,
    `duration ${formatDuration(metrics.durationMs)}`,
    `conversion ${formatDuration(metrics.conversionOverheadMs)}`,
    `waited ${formatDuration(metrics.waitMs)}`,
  ];
  if (metrics.forks > 0) {
    parts.push(`branches ${metrics.forks}`, `join latency ${formatDuration(metrics.joinLatencyMs)}`);
  }
  return parts.join(", ");
}

function indent(text: string): string[] {
  const lines = text.trimEnd().split("\n");
  return text === "" ? [] : lines.map((line) => `    ${line}`);
}
