import type { CanonicalValue, Target } from "@polyglot/contracts";
import type { RaisedError } from "../runtimes/native-call.ts";
import type { SessionEnd } from "../library/library-session.ts";
import { containedLibrary } from "../stdlib/contained/contained-library.ts";
import { library } from "../stdlib/library.ts";
import type { LibraryArguments, LibraryContext } from "../stdlib/library-function.ts";
import type { CallEnd, GivenArgument } from "./call.ts";
import { callForItems, isCollectionCall, parametersOfCollectionCall } from "./collection.ts";
import { failed, stopped } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { at } from "./raised.ts";
import { isExit, leaveWith } from "./exit.ts";
import { isRetry, retry } from "./retry.ts";
import { retype } from "./retype.ts";

type LibraryTarget = Extract<Target, { kind: "library" }>;

export const isLibraryName = (name: string): boolean =>
  isRetry(name) || isExit(name) || isCollectionCall(name) || library.has(name) || containedLibrary.has(name);

/** A name of the standard library. What touches the host runs in a library worker, all else here, in the agent itself. */
export async function callLibrary(
  { name, pipeline_id: pipelineId = "" }: LibraryTarget,
  given: readonly GivenArgument[],
  types: readonly string[],
  frame: Frame,
  node: string,
): Promise<CallEnd> {
  if (isRetry(name)) return { kind: "flow", flow: await retry(name, given, frame, node) };
  if (isExit(name)) return { kind: "flow", flow: leaveWith(given[0]?.value ?? 0, node) };
  const fitted = argumentsOf(parametersOf(name), given, frame.unit.namespace);
  if (fitted.kind === "error") return { kind: "flow", flow: failed(at(node, fitted.error)) };
  const end = isCollectionCall(name)
    ? await callForItems(name, fitted.values, { pipelineId, frame, node })
    : await runEntry(name, fitted.values, frame, node);
  if (end.kind === "flow") return end;
  if (frame.branch.signal.aborted || end.kind === "stopped") return { kind: "flow", flow: stopped };
  if (end.kind === "error") return { kind: "flow", flow: failed(at(node, { ...end.error, trace: "" })) };
  return takeResults(end.values, types, frame, node);
}

function parametersOf(name: string): readonly (readonly string[])[] {
  const entry = library.get(name) ?? containedLibrary.get(name);
  const parameters = isCollectionCall(name) ? parametersOfCollectionCall(name) : entry?.parameters;
  if (parameters !== undefined) return parameters;
  throw new Error(`the library's '${name}' is not implemented, and the plan was not refused`);
}

function runEntry(name: string, given: LibraryArguments, frame: Frame, node: string): Promise<SessionEnd> | SessionEnd {
  const entry = library.get(name);
  if (entry === undefined) return callContained(name, given, frame, node);
  return entry.run(given, contextOf(frame, frame.branch.signal, node));
}

/** In the library worker of the execution's namespace. */
export function callContained(name: string, given: LibraryArguments, frame: Frame, node: string): Promise<SessionEnd> {
  const { execution, branch } = frame;
  return execution.library.call(name, given, {
    signal: branch.signal,
    onLine: (line) => execution.record.log(node, line),
  });
}

/** What a name of the library may use while it stands for the step `node`. */
export function contextOf({ execution, unit }: Frame, signal: AbortSignal, node: string): LibraryContext {
  const { clock, record, host } = execution;
  return {
    clock,
    signal,
    host,
    // Most names ask nothing of it.
    get controller() {
      return execution.controllerCalls(unit.pipelineId, node, signal);
    },
    log: (level, text) => record.note(node, level, text),
  };
}

type Fitted =
  | { readonly kind: "values"; readonly values: LibraryArguments }
  | { readonly kind: "error"; readonly error: RaisedError };

/** The first list of parameters that fits in number; unnamed arguments fill those that no named one names. */
export function argumentsOf(
  lists: readonly (readonly string[])[],
  given: readonly GivenArgument[],
  namespace: string,
): Fitted {
  const names = lists.find((list) => list.length >= given.length) ?? [];
  const named = new Set(given.map((argument) => argument.name));
  const unnamed = names.filter((name) => !named.has(name)).values();
  const entries: [string, CanonicalValue][] = [];
  for (const argument of given) {
    const name = argument.name ?? unnamed.next().value ?? "";
    const value = retype(argument.value, argument.from, argument.to, { name, namespace });
    if (value.kind === "error") return value;
    entries.push([name, value.value]);
  }
  return { kind: "values", values: Object.fromEntries(entries) };
}

function takeResults(given: readonly CanonicalValue[], types: readonly string[], frame: Frame, node: string): CallEnd {
  const values: CanonicalValue[] = [];
  for (const [index, type] of types.entries()) {
    const value = retype(given[index] ?? null, "pg\\any", type, {
      name: `result ${index + 1}`,
      namespace: frame.unit.namespace,
    });
    if (value.kind === "error") return { kind: "flow", flow: failed(at(node, value.error)) };
    values.push(value.value);
  }
  return { kind: "values", values };
}
