import type { CanonicalValue, ExitStep } from "@polyglot/contracts";
import { evaluate } from "./evaluate.ts";
import { type Flow, failed } from "./flow.ts";
import { type Frame, nodeOf } from "./frame.ts";
import { at, raised } from "./raised.ts";

/** `|Exit << code`. */
export function exit(step: ExitStep, frame: Frame): Flow {
  const found = evaluate(step.code, frame.scope);
  if (found.kind === "error") return failed(at(nodeOf(frame, step), found.error));
  return leaveWith(found.value, nodeOf(frame, step));
}

export const isExit = (name: string): boolean => name === "U.Exit";

/** The flow of an exit with a code, from a line of its own or from `|U.Exit`. */
export function leaveWith(code: CanonicalValue, node: string): Flow {
  if (typeof code === "number" && Number.isSafeInteger(code) && code >= 0 && code <= maxExitCode) {
    return { kind: "exit", code };
  }
  const message = `an exit code is an integer from 0 to ${maxExitCode}, got ${JSON.stringify(code)}`;
  return failed(at(node, raised("ValidationError", message)));
}

/** The message that carries it has 32 bits with a sign. */
const maxExitCode = 2 ** 31 - 1;
