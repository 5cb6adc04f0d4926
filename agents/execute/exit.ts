import type { CanonicalValue, ExitStep } from "@polyglot/contracts";
import type { LibraryArguments } from "../stdlib/library-function.ts";
import { textOfValue } from "../stdlib/text-of-value.ts";
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

export const isShutdown = (name: string): boolean => name === "U.Error.GracefulShutdown";

export const shutdownParameters: readonly (readonly string[])[] = [["message", "code"]];

/** An error that ends a run is no success, so in a handler the code is 1 where none is given. */
export function shutDown({ message = null, code }: LibraryArguments, frame: Frame, node: string): Flow {
  if (message !== null) frame.execution.record.note(node, "warning", textOrKind(message));
  return leaveWith(code ?? (frame.failedStep === undefined ? 0 : 1), node);
}

/** The flow of an exit with a code, from a line of its own or from `|U.Exit`. */
export function leaveWith(code: CanonicalValue, node: string): Flow {
  if (typeof code === "number" && Number.isSafeInteger(code) && code >= 0 && code <= maxExitCode) {
    return { kind: "exit", code };
  }
  const message = `an exit code is an integer from 0 to ${maxExitCode}, got ${JSON.stringify(code)}`;
  return failed(at(node, raised("ValidationError", message)));
}

function textOrKind(value: CanonicalValue): string {
  const text = textOfValue(value);
  return text.kind === "text" ? text.text : `<${text.what}>`;
}

/** The message that carries it has 32 bits with a sign. */
const maxExitCode = 2 ** 31 - 1;
