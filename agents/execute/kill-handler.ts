/** The pipeline that a kill of the strategy CustomHandler runs: with the facts of the kill, before cleanup, on this agent. */
import type { CanonicalValue, PlanBody } from "@polyglot/contracts";
import type { Branch } from "./branch.ts";
import { callPipeline } from "./callee.ts";
import type { Frame } from "./frame.ts";
import type { KillReason } from "./kill-rules.ts";
import { OpenForks } from "./open-forks.ts";
import { Scope } from "./scope.ts";

/** Prefix of the handler's steps, below the place of what is killed. */
export const killHandlerNode = "kill-handler";

type Around = Pick<Frame, "execution" | "unit">;

/**
 * Undefined where there is none to run. It runs under `branch`, and what fails in it is noted: the outcome is the kill's.
 */
export function runKillHandler(
  rules: PlanBody["kill"],
  reason: KillReason,
  { execution, unit }: Around,
  branch: Branch,
): Promise<void> | undefined {
  if (rules?.strategy !== "custom-handler" || rules.handler === undefined) return undefined;
  const frame: Frame = {
    execution,
    unit,
    scope: new Scope(),
    branch,
    forks: new OpenForks(execution.clock),
    matched: new Set(),
    journal: undefined,
  };
  return runHandler(rules.handler, factsOf(reason, around(execution, unit)), frame);
}

async function runHandler(pipelineId: string, facts: CanonicalValue, frame: Frame): Promise<void> {
  const { execution, unit } = frame;
  const node = `${unit.prefix}${killHandlerNode}`;
  const end = await callPipeline(pipelineId, [{ value: facts, from: "pg\\any", to: "pg\\any" }], [], frame, node);
  const flow = end.kind === "flow" ? end.flow : undefined;
  if (flow?.kind === "error") execution.record.note(node, "error", `${flow.error.type}: ${flow.error.message}`);
  if (flow?.kind === "stopped") execution.record.note(node, "warning", "the kill's handler did not end in time");
}

interface Place {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly pipelineId: string;
}

const around = ({ attempt }: Around["execution"], { pipelineId }: Around["unit"]): Place => ({
  executionId: attempt.executionId,
  attemptNo: attempt.attemptNo,
  pipelineId,
});

/** `measure`, `used` and `limit` are None where no measure was exceeded. CPU is in percent, memory in bytes. */
function factsOf({ error, step, excess }: KillReason, place: Place): CanonicalValue {
  return {
    execution_id: place.executionId,
    attempt_no: place.attemptNo,
    pipeline_id: place.pipelineId,
    type: error.type,
    message: error.message,
    step: step ?? "",
    measure: excess?.measure ?? null,
    used: excess === undefined ? null : Math.round(excess.used),
    limit: excess === undefined ? null : Math.round(excess.limit),
  };
}
