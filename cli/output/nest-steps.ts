import type { StepSummary } from "@polyglot/contracts/service";
import { toMs } from "./amounts.ts";

export interface NestedStep {
  readonly step: StepSummary;
  /** Steps that it lies in: branches, handlers, and calls of pipelines. */
  readonly depth: number;
}

const borders: ReadonlySet<string> = new Set([".", "/", "["]);

/** Steps as they lie in each other, siblings by their start. Agents report them by their end. */
export function nestSteps(steps: readonly StepSummary[]): NestedStep[] {
  const byStart = steps.toSorted((a, b) => startOf(a) - startOf(b));
  const sameNode = Map.groupBy(byStart, (step) => step.nodeId);
  const inside = Map.groupBy(byStart, (step) => enclosing(step, sameNode));
  const below = (outer: StepSummary | undefined, depth: number): NestedStep[] =>
    (inside.get(outer) ?? []).flatMap((step) => [{ step, depth }, ...below(step, depth + 1)]);
  return below(undefined, 0);
}

/**
 * The nearest step that was recorded and whose node id begins this one's, up to a `.` (branch, handler), a `/` (call of
 * a pipeline) or a `[` (item of a list). A step that was tried again is there several times: the try that had begun last counts.
 */
function enclosing(step: StepSummary, sameNode: ReadonlyMap<string, readonly StepSummary[]>): StepSummary | undefined {
  const { nodeId } = step;
  for (let end = nodeId.length - 1; end > 0; end -= 1) {
    if (!borders.has(nodeId[end] ?? "")) continue;
    const tries = sameNode.get(nodeId.slice(0, end));
    if (tries !== undefined) return tries.findLast((one) => startOf(one) <= startOf(step)) ?? tries[0];
  }
  return undefined;
}

const startOf = ({ startedAt }: StepSummary): number => (startedAt === undefined ? 0 : toMs(startedAt));
