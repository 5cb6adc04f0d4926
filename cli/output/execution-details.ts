import type { Execution, Metrics } from "@polyglot/contracts/service";
import { formatDuration } from "./amounts.ts";
import { colourState } from "./colour.ts";
import { errorLine } from "./error-line.ts";
import { valueText } from "./value-text.ts";

/** What came in and out of an execution, what it cost, and what became of its steps. */
export function executionDetails(row: Execution): string[] {
  const lines = [`inputs:  ${valueText(row.inputs ?? {})}`];
  if (row.parentId !== "") lines.push(`parent:  ${row.parentId}`);
  for (const child of row.childIds) lines.push(`child:   ${child}`);
  if (row.state === "succeeded") lines.push(`outputs: ${valueText(row.outputs ?? {})}`);
  if (row.error !== undefined) lines.push(`error:   ${errorLine(row.error)}`, ...indent(row.error.trace));
  if (row.metrics !== undefined) lines.push(`metrics: ${metricsText(row.metrics)}`);
  for (const step of row.steps) {
    const failure = step.error === undefined ? "" : `: ${errorLine(step.error)}`;
    const cost = step.metrics === undefined ? "" : `, CPU ${formatDuration(step.metrics.cpuTimeMs)}`;
    lines.push(
      `step:    ${step.nodeId} ${colourState(step.state)} ${formatDuration(step.durationMs)}${cost}${failure}`,
    );
  }
  return lines;
}

function metricsText(metrics: Metrics): string {
  const parts = [
    `CPU ${formatDuration(metrics.cpuTimeMs)}`,
    `memory peak ${metrics.memoryPeakMb.toFixed(1)} MB`,
    `duration ${formatDuration(metrics.durationMs)}`,
    `conversion ${formatDuration(metrics.conversionOverheadMs)}`,
    `waited ${formatDuration(metrics.waitMs)}`,
  ];
  return parts.join(", ");
}

function indent(text: string): string[] {
  const lines = text.trimEnd().split("\n");
  return text === "" ? [] : lines.map((line) => `    ${line}`);
}
