import type { Handler } from "@polyglot/contracts";
import { type Flow, next } from "./flow.ts";
import { type Frame, nodeOf } from "./frame.ts";
import type { RunError } from "./raised.ts";
import { stateOfFlow } from "./state-of-flow.ts";
import { runSteps } from "./steps.ts";

/** Runs a step; an error of it goes to the first handler that takes it, and outward where none does. */
export async function withHandlers(
  handlers: readonly Handler[],
  frame: Frame,
  attempt: () => Promise<Flow>,
): Promise<Flow> {
  const flow = await attempt();
  if (flow.kind !== "error" || handlers.length === 0) return flow;
  const handler = handlers.find((candidate) => takes(candidate, flow.error));
  if (handler === undefined) return flow;
  await frame.journal?.handled(flow.error);
  return runHandler(handler, flow.error, frame, attempt);
}

/** Types match along the class hierarchy of the error's own language; `pg\!Any` takes every error. */
export function takes(handler: Pick<Handler, "lang" | "error">, error: Pick<RunError, "type" | "lineage">): boolean {
  if (handler.lang === "pg" && handler.error === "Any") return true;
  return error.type.startsWith(`${handler.lang}\\!`) && error.lineage.includes(handler.error);
}

async function runHandler(
  handler: Handler,
  error: RunError,
  frame: Frame,
  attempt: () => Promise<Flow>,
): Promise<Flow> {
  const { variable } = handler;
  const before = variable === undefined ? undefined : frame.scope.get(variable);
  if (variable !== undefined) frame.scope.set(variable, valueOfError(error));
  const failedStep = { error, again: attempt };
  const step = frame.execution.record.begin(nodeOf(frame, handler));
  const flow = await runSteps(handler.body, { ...frame, failedStep });
  frame.execution.record.end(step, stateOfFlow(flow), flow.kind === "error" ? flow.error : undefined);
  if (variable !== undefined) restore(frame, variable, before);
  return flow.kind === "recovered" ? next : flow;
}

/** What `e.message`, `e.type`, `e.trace` and `e.step` read. */
export function valueOfError({ message, type, trace, step }: RunError): { [key: string]: string } {
  return { message, type, trace, step };
}

/** The variable of a handler ends with it. */
function restore(frame: Frame, variable: string, before: ReturnType<Frame["scope"]["get"]>): void {
  if (before === undefined) frame.scope.delete(variable);
  else frame.scope.set(variable, before);
}
