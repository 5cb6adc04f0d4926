import type { CanonicalValue, Target } from "@polyglot/contracts";
import { plainValue } from "../convert/held-value.ts";
import type { RaisedError } from "../runtimes/native-call.ts";
import type { SessionEnd } from "../library/library-session.ts";
import { connectionNameIn, withConnection } from "../stdlib/connections.ts";
import { containedLibrary } from "../stdlib/contained/contained-library.ts";
import { processes } from "../stdlib/contained/processes.ts";
import { library } from "../stdlib/library.ts";
import { Refused } from "../stdlib/given.ts";
import { type LibraryArguments, type LibraryContext, problem } from "../stdlib/library-function.ts";
import { isApproval } from "./approve.ts";
import type { CallEnd, GivenArgument } from "./call.ts";
import { callForItems, isCollectionCall, parametersOfCollectionCall } from "./collection.ts";
import { conversionParameters, convert, isConversion } from "./conversion.ts";
import { actOnError, errorActionParameters, isErrorAction } from "./error-action.ts";
import { failed, stopped } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { at } from "./raised.ts";
import { compareRuntime } from "./compare-runtime.ts";
import { isExit, isShutdown, leaveWith, shutDown, shutdownParameters } from "./exit.ts";
import { isRetry, retry } from "./retry.ts";
import { retype } from "./retype.ts";
import type { ServedCall } from "./usage.ts";

type LibraryTarget = Extract<Target, { kind: "library" }>;

export const isLibraryName = (name: string): boolean =>
  isRetry(name) || isExit(name) || isApproval(name) || parametersOf(name) !== undefined;

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
  const parameters = parametersOf(name);
  if (parameters === undefined) throw new Error(`'${name}' is not implemented, and the plan was not refused`);
  const fitted = argumentsOf(parameters, given, frame.unit.namespace);
  if (fitted.kind === "error") return { kind: "flow", flow: failed(at(node, fitted.error)) };
  const end = await runName(name, pipelineId, fitted.values, frame, node);
  if (end.kind === "flow") return end;
  if (frame.branch.signal.aborted || end.kind === "stopped") return { kind: "flow", flow: stopped };
  if (end.kind === "error") return { kind: "flow", flow: failed(at(node, { ...end.error, trace: "" })) };
  return takeResults(end.values.map(plainValue), types, frame, node);
}

type Lists = readonly (readonly string[])[];

/** Undefined where nothing runs the name. */
export function parametersOf(name: string): Lists | undefined {
  const entry = library.get(name) ?? containedLibrary.get(name);
  if (entry !== undefined) return entry.parameters;
  if (isCollectionCall(name)) return parametersOfCollectionCall(name);
  if (isErrorAction(name)) return errorActionParameters;
  if (isShutdown(name)) return shutdownParameters;
  return isConversion(name) ? conversionParameters : undefined;
}

type NameEnd = SessionEnd | CallEnd;

/** Names that run pipelines or end the run belong to the executioner; of the others the library knows what they do. */
function runName(
  name: string,
  pipelineId: string,
  given: LibraryArguments,
  frame: Frame,
  node: string,
): Promise<NameEnd> | NameEnd {
  const entry = library.get(name);
  if (entry !== undefined) return entry.run(given, contextOf(frame, frame.branch.signal, node));
  if (isCollectionCall(name)) return callForItems(name, given, { pipelineId, frame, node });
  if (isErrorAction(name)) return actOnError(name, pipelineId, frame, node);
  if (isShutdown(name)) return { kind: "flow", flow: shutDown(given, frame, node) };
  if (isConversion(name)) return convert(name, given.value ?? null, frame.unit.namespace);
  return callContained(name, given, frame, node);
}

/** In the library worker of the execution's namespace, which knows no controller: what has to be looked up there is first. */
export async function callContained(
  name: string,
  given: LibraryArguments,
  frame: Frame,
  node: string,
): Promise<SessionEnd> {
  const connection = connectionNameIn(name, given);
  if (connection === undefined) return askWorker(name, given, frame, node);
  const { signal } = frame.branch;
  try {
    const { controller } = contextOf(frame, signal, node);
    return await askWorker(name, await withConnection(name, given, connection, controller), frame, node);
  } catch (error) {
    if (signal.aborted) return { kind: "stopped" };
    if (error instanceof Refused) return problem(error.type, error.message);
    throw error;
  }
}

async function askWorker(name: string, given: LibraryArguments, frame: Frame, node: string): Promise<SessionEnd> {
  const { execution, unit, branch } = frame;
  await unit.usage.admitted(branch.signal);
  let served: ServedCall | undefined;
  const end = await execution.library.call(name, given, {
    signal: branch.signal,
    onLine: (line) => execution.record.log(node, line),
    onBegin: (serving) => {
      if (name in processes) served = unit.usage.begin(node, serving);
    },
  });
  // The system does not say any more what the processes took that are gone: what was last seen of them stands.
  if (served !== undefined) unit.usage.end(served, 0);
  return end;
}

/** What a name of the library may use while it stands for the step `node`. */
export function contextOf(frame: Frame, signal: AbortSignal, node: string): LibraryContext {
  const { execution, unit } = frame;
  const { clock, host } = execution;
  return {
    clock,
    signal,
    host,
    compareRuntime: (name, version) => compareRuntime(name, version, frame),
    // Most names ask nothing of it.
    get controller() {
      return execution.controllerCalls(unit.pipelineId, node, signal);
    },
    log: (level, text) => execution.record.note(node, level, text),
    measure: () => {
      const open = execution.record.begin(node);
      return (name, end) => execution.record.endMeasure(open, name, end);
    },
    logProgress: (text) => execution.record.noteProgress(node, text),
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
