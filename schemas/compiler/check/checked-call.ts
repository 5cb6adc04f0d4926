/** What a call is once it is checked, and what is left of one that cannot be. */
import type { Argument, CallStep, Handler, Result, Target } from "@polyglot/contracts";
import type { CallNode } from "../syntax/tree.ts";
import { passArguments } from "./arguments.ts";
import type { CheckContext } from "./context.ts";
import { bindUnknown } from "./results.ts";

export interface CheckedCall {
  readonly target: Target;
  readonly arguments: Argument[];
  readonly results: Result[];
  /** Of all that the callee gives, bound or not; absent where that is not known. */
  readonly types: readonly string[] | undefined;
}

export function createCallStep(node: string, after: string[], call: CheckedCall, handlers: Handler[]): CallStep {
  return { kind: "call", node, after, target: call.target, arguments: call.arguments, results: call.results, handlers };
}

/** A call that cannot be checked still reads its arguments and binds its results. */
export function skipCall(node: CallNode, context: CheckContext): undefined {
  passArguments(node.io, "pg\\any", context);
  bindUnknown(
    node.io.flatMap((item) => (item.kind === "result" && item.name !== undefined ? [item.name] : [])),
    context,
  );
}
