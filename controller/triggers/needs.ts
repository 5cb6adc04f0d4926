/** What a pipeline waits for before it is activated. */
import {
  type EventOptions,
  hasEventOptions,
  parseEventOptions,
  type Plan,
  type TriggerRegistration,
} from "@polyglot/contracts";

/** One that is to be satisfied: a trigger, or `T.Any` with those under it. */
export interface Need {
  readonly key: string;
  readonly kind: "event" | "condition";
  /** The triggers any of which will do. */
  readonly triggers: readonly TriggerRegistration[];
}

export interface Needs {
  readonly all: readonly Need[];
  /** Whether one event activates at once, with nothing to wait for. */
  readonly isDirect: boolean;
  /** Nothing but starts by hand activates it. */
  readonly isByHand: boolean;
}

/** Starts by hand pass all events over, so nobody waits for them. */
const byHand: ReadonlySet<string> = new Set([
  "T.Polyglot.Application.Cli",
  "T.Polyglot.Application.Api",
  "T.Polyglot.Pipeline.Called",
]);

/** A plan never changes, so the answer is kept with it. */
export function needsOf(plan: Plan): Needs {
  const found = known.get(plan) ?? collect(plan);
  known.set(plan, found);
  return found;
}

const known = new WeakMap<Plan, Needs>();

function collect(plan: Plan): Needs {
  const all = plan.triggers.flatMap(needOf);
  const [only] = all;
  const isDirect =
    only !== undefined &&
    all.length === 1 &&
    only.kind === "event" &&
    !only.triggers.some((one) => hasEventOptions(one.arguments));
  const isByHand = plan.triggers.some(({ name }) => byHand.has(name)) && all.every(({ kind }) => kind === "condition");
  return { all, isDirect, isByHand };
}

function needOf(trigger: TriggerRegistration): Need[] {
  const triggers = (trigger.kind === "any" ? trigger.any : [trigger]).filter(({ name }) => !byHand.has(name));
  if (triggers.length === 0) return [];
  // `T.Any` is an event trigger if one under it is.
  const kind = triggers.some((one) => one.kind === "event") ? "event" : "condition";
  return [{ key: trigger.key, kind, triggers }];
}

/** The compiler has checked them. */
export function optionsOf(trigger: TriggerRegistration): EventOptions {
  const parsed = parseEventOptions(trigger.arguments);
  return "options" in parsed ? parsed.options : {};
}
