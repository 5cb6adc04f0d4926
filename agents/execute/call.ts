import type { CallStep, CanonicalValue } from "@polyglot/contracts";
import { plainValue, type Value } from "../convert/held-value.ts";
import { approve, isApproval } from "./approve.ts";
import { callPipeline } from "./callee.ts";
import { evaluateHeld } from "./evaluate.ts";
import { type Flow, failed, next, stopped } from "./flow.ts";
import { type Frame, nodeOf } from "./frame.ts";
import { withHandlers } from "./handler.ts";
import { durabilityOfCall, type Place } from "./journal.ts";
import { callLibrary } from "./library.ts";
import { callNative } from "./native.ts";
import { at } from "./raised.ts";
import { recordCall } from "./recorded-call.ts";
import { standIn } from "./stand-in.ts";

/** An argument with its value. */
export interface GivenArgument<Held = CanonicalValue> {
  readonly name?: string;
  readonly value: Held;
  /** Static type of the value; `pg\any` where it is not known. */
  readonly from: string;
  /** The type under which the callee takes it. */
  readonly to: string;
}

export type CallEnd =
  | { readonly kind: "values"; readonly values: readonly Value[] }
  | { readonly kind: "flow"; readonly flow: Flow };

/** Runs a call, binds its results, and lets its handlers take its errors. */
export function call(step: CallStep, frame: Frame): Promise<Flow> {
  return withHandlers(step.handlers, frame, () => callOnce(step, frame));
}

async function callOnce(step: CallStep, frame: Frame): Promise<Flow> {
  if (frame.branch.ended) return stopped;
  const end = await callForValues(
    step,
    frame,
    step.results.map((result) => result.type),
  );
  if (end.kind === "flow") return end.flow;
  step.results.forEach(({ variable }, index) => frame.scope.set(variable, end.values[index] ?? null));
  return next;
}

/** Calls without binding: what a switch asks, too. `types`: what the results are taken as, in order. */
export function callForValues(step: CallStep, frame: Frame, types: readonly string[]): Promise<CallEnd> {
  const node = nodeOf(frame, step);
  let taken: readonly Value[] = [];
  return recordCall(node, frame, {
    run: async (place) => {
      const given = give(step, frame, node);
      if (given.kind === "flow") return given;
      taken = given.values.map(({ value }) => value);
      return dispatch(step, given.values, types, frame, node, place);
    },
    durability: (values) => durabilityOfCall(step.target, [...taken, ...values]),
  });
}

type Given =
  | { readonly kind: "values"; readonly values: readonly GivenArgument<Value>[] }
  | Extract<CallEnd, { kind: "flow" }>;

function give(step: CallStep, frame: Frame, node: string): Given {
  const values: GivenArgument<Value>[] = [];
  for (const { name, value, from, to } of step.arguments) {
    const found = evaluateHeld(value, frame.scope);
    if (found.kind === "error") return { kind: "flow", flow: failed(at(node, found.error)) };
    values.push(name === undefined ? { value: found.value, from, to } : { name, value: found.value, from, to });
  }
  return { kind: "values", values };
}

function dispatch(
  step: CallStep,
  given: readonly GivenArgument<Value>[],
  types: readonly string[],
  frame: Frame,
  node: string,
  place: Place | undefined,
): Promise<CallEnd> | CallEnd {
  if (frame.execution.standIns !== undefined) {
    const end = standIn(step.target, plain(given), types, frame, node);
    if (end !== undefined) return end;
  }
  switch (step.target.kind) {
    case "native":
      return callNative(step.target, given, types, frame, node);
    case "pipeline":
      return callPipeline(step.target.pipeline_id, plain(given), types, frame, node);
    case "library":
      if (isApproval(step.target.name)) return approve(plain(given), frame, node, place);
      return callLibrary(step.target, plain(given), types, frame, node);
  }
}

const plain = (given: readonly GivenArgument<Value>[]): GivenArgument[] =>
  given.map((argument) => ({ ...argument, value: plainValue(argument.value) }));
