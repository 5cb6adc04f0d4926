import type { CanonicalValue, Step, SwitchStep } from "@polyglot/contracts";
import { plainValue } from "../convert/held-value.ts";
import { isEqual, isInside, rangeOf } from "../stdlib/compare-values.ts";
import { callForValues } from "./call.ts";
import { evaluate } from "./evaluate.ts";
import { type Flow, failed, next } from "./flow.ts";
import { type Frame, nodeOf } from "./frame.ts";
import { withHandlers } from "./handler.ts";
import { at, raised } from "./raised.ts";
import { retype } from "./retype.ts";
import { runSteps } from "./steps.ts";

type Tested = { readonly kind: "tested"; readonly holds: boolean } | Exclude<Flow, { kind: "next" }>;

/** `[?]`: runs its lines when its test holds. Each is tested when it is reached, whatever others did. */
export async function branchOff(step: SwitchStep, frame: Frame): Promise<Flow> {
  const { test } = step;
  if (test.kind === "equal" && test.row === step.node) frame.matched.delete(test.row);
  if (test.kind === "call") return whenCallSaysSo(step, test.call, frame);
  const tested = test.kind === "default" ? untaken(test.row, frame) : compare(step, test, frame);
  return tested.kind === "tested" ? take(step, tested.holds, frame) : tested;
}

async function take(step: SwitchStep, holds: boolean, frame: Frame): Promise<Flow> {
  if (!holds) {
    frame.execution.record.skip(nodeOf(frame, step));
    return next;
  }
  if (step.test.kind === "equal" && step.test.row !== undefined) frame.matched.add(step.test.row);
  return runSteps(step.body, frame);
}

/** `?> Default`: none of the switches of its row before it matched. */
function untaken(row: string, frame: Frame): Tested {
  return { kind: "tested", holds: !frame.matched.has(row) };
}

function compare(step: SwitchStep, test: Extract<SwitchStep["test"], { kind: "equal" }>, frame: Frame): Tested {
  const left = evaluate(test.left, frame.scope);
  if (left.kind === "error") return { kind: "error", error: at(nodeOf(frame, step), left.error) };
  const right = evaluate(test.right, frame.scope);
  if (right.kind === "error") return { kind: "error", error: at(nodeOf(frame, step), right.error) };
  const range = rangeOf(right.value);
  if (range !== undefined) return { kind: "tested", holds: isInside(left.value, range) };
  const converted = retype(right.value, "pg\\any", test.type, {
    name: "the value to compare with",
    namespace: frame.unit.namespace,
  });
  if (converted.kind === "error") return { kind: "error", error: at(nodeOf(frame, step), converted.error) };
  return { kind: "tested", holds: isEqual(left.value, converted.value) };
}

/** The call is a step with handlers of its own; an error that one of them takes means that the branch is not taken. */
async function whenCallSaysSo(step: SwitchStep, call: Extract<Step, { kind: "call" }>, frame: Frame): Promise<Flow> {
  let holds = false;
  const flow = await withHandlers(call.handlers, frame, async () => {
    const end = await callForValues(call, frame, ["pg\\bool"]);
    if (end.kind === "flow") return end.flow;
    const first = plainValue(end.values[0] ?? null);
    if (typeof first !== "boolean") return notBoolean(call, first, frame);
    holds = first;
    return next;
  });
  return flow.kind === "next" ? take(step, holds, frame) : flow;
}

function notBoolean(call: Extract<Step, { kind: "call" }>, value: CanonicalValue | undefined, frame: Frame): Flow {
  const shown = JSON.stringify(value ?? null).slice(0, maxShown);
  const message = `a switch takes the first result of its call, which is to be True or False; got ${shown}`;
  return failed(at(nodeOf(frame, call), raised("ConversionError", message)));
}

/** Characters of a value in a message. */
const maxShown = 200;
