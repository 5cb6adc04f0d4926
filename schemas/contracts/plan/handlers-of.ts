import type { Handler, Step } from "./step.ts";

/** The handlers that stand by a step. */
export function handlersOf(step: Step): readonly Handler[] {
  switch (step.kind) {
    case "call":
    case "fork":
    case "join":
      return step.handlers;
    case "assign":
      return step.handlers ?? [];
    case "switch":
      return step.test.kind === "call" ? step.test.call.handlers : [];
    case "output":
    case "exit":
      return [];
  }
}
