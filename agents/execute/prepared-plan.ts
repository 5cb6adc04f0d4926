import { type CallStep, handlersOf, type Plan, type Step } from "@polyglot/contracts";
import type { FoundRuntime } from "../runtimes/native-call.ts";
import { isApproval } from "./approve.ts";
import { refusalOf } from "./refusal.ts";
import type { RunError } from "./raised.ts";

/** A plan with what is worked out once for all of its executions. */
export class PreparedPlan {
  readonly plan: Plan;
  /** The runtimes of this host, the newest of each name first. */
  readonly found: readonly FoundRuntime[];
  /** Why no execution of it may begin here: it asks for something that this agent cannot do. */
  readonly refusal: RunError | undefined;
  /** Whether endings of its steps are committed: it says so, or it waits for people and has to go on after them. */
  readonly isDurable: boolean;
  readonly #nested = new WeakMap<readonly Step[], ReadonlySet<string>>();

  constructor(plan: Plan, found: readonly FoundRuntime[]) {
    this.plan = plan;
    this.found = found;
    this.refusal = refusalOf(plan, found);
    this.isDurable = plan.queue.checkpoint === true || asksPeople(plan);
  }

  /** Names that lines inside of a block's switches and handlers give out. */
  nestedOutputs(steps: readonly Step[]): ReadonlySet<string> {
    const known = this.#nested.get(steps);
    if (known !== undefined) return known;
    const names = new Set<string>();
    collectOutputs(steps, names);
    this.#nested.set(steps, names);
    return names;
  }
}

/** Branches give their outputs to their fork, not to the block. */
function collectOutputs(steps: readonly Step[], names: Set<string>): void {
  for (const step of steps) {
    if (step.kind === "output") names.add(step.output.name);
    if (step.kind === "switch") collectOutputs(step.body, names);
    for (const handler of handlersOf(step)) collectOutputs(handler.body, names);
  }
}

function asksPeople(plan: Plan): boolean {
  return [plan, ...Object.values(plan.callees)].some((body) => someCall(body.run, asks));
}

const asks = ({ target }: CallStep): boolean => target.kind === "library" && isApproval(target.name);

function someCall(steps: readonly Step[], holds: (call: CallStep) => boolean): boolean {
  return steps.some((step) => {
    if (step.kind === "call" && holds(step)) return true;
    if (step.kind === "switch" && step.test.kind === "call" && holds(step.test.call)) return true;
    if ((step.kind === "switch" || step.kind === "fork") && someCall(step.body, holds)) return true;
    return handlersOf(step).some((handler) => someCall(handler.body, holds));
  });
}
