import type { Execution } from "@polyglot/contracts/service";
import type { RunningAttempts } from "./running-attempts.ts";

type Running = Pick<RunningAttempts, "of">;

/** Of the attempt that runs nothing is stored: what its agent told last stands in its place. */
export function withProgress(execution: Execution, running: Running): Execution {
  const progress = execution.state === "running" ? running.of(execution.executionId, execution.attemptNo) : undefined;
  if (progress === undefined) return execution;
  const { steps, metrics } = progress;
  return { ...execution, steps, ...(metrics === undefined ? {} : { metrics }) };
}

/** Steps of one execution in a list: those that began last say most. */
const openSteps = 4;

/** The same for a list, with no more than what runs now. */
export function withOpenSteps(execution: Execution, running: Running): Execution {
  const whole = withProgress(execution, running);
  if (whole.steps.length === 0) return whole;
  return { ...whole, steps: whole.steps.filter(({ state }) => state === "running").slice(-openSteps) };
}
