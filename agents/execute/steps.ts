import type { Step } from "@polyglot/contracts";
import { assign } from "./assign.ts";
import { call } from "./call.ts";
import { exit } from "./exit.ts";
import { type Flow, next, stopped } from "./flow.ts";
import { fork } from "./fork.ts";
import type { Frame } from "./frame.ts";
import { join } from "./join.ts";
import { output } from "./output.ts";
import { branchOff } from "./switch.ts";

/** Runs lines in order until one of them ends the block. */
export async function runSteps(steps: readonly Step[], frame: Frame): Promise<Flow> {
  for (const step of steps) {
    if (frame.branch.ended) return stopped;
    if (step.kind !== "fork" && step.after.length > 0) await frame.forks.ended(ownWaits(step));
    const flow = await runStep(step, frame);
    if (flow.kind !== "next") return flow;
  }
  return next;
}

/** A join says itself how it waits for its forks. */
function ownWaits(step: Step): readonly string[] {
  return step.kind === "join" ? step.after.filter((node) => !step.forks.includes(node)) : step.after;
}

function runStep(step: Step, frame: Frame): Promise<Flow> | Flow {
  switch (step.kind) {
    case "call":
      return call(step, frame);
    case "assign":
      return assign(step, frame);
    case "fork":
      return fork(step, frame);
    case "join":
      return join(step, frame);
    case "switch":
      return branchOff(step, frame);
    case "output":
      return output(step, frame);
    case "exit":
      return exit(step, frame);
  }
}
