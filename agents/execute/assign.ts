import type { AssignStep } from "@polyglot/contracts";
import { evaluate } from "./evaluate.ts";
import { type Flow, failed, next } from "./flow.ts";
import { type Frame, nodeOf } from "./frame.ts";
import { withHandlers } from "./handler.ts";
import { at } from "./raised.ts";
import { retype } from "./retype.ts";

/** `x: type << value`. Takes no record of its own: it costs nothing that anyone would look for. */
export function assign(step: AssignStep, frame: Frame): Flow | Promise<Flow> {
  const { handlers } = step;
  if (handlers === undefined) return assignOnce(step, frame);
  return withHandlers(handlers, frame, async () => assignOnce(step, frame));
}

function assignOnce(step: AssignStep, frame: Frame): Flow {
  const { variable, from, type } = step.result;
  const found = evaluate(step.value, frame.scope);
  const value =
    found.kind === "value"
      ? retype(found.value, from, type, { name: variable, namespace: frame.unit.namespace })
      : found;
  if (value.kind === "error") return failed(at(nodeOf(frame, step), value.error));
  frame.scope.set(variable, value.value);
  return next;
}
