/**
 * `[w]`: what is put around a pipeline's phases. Opened in order, closed in reverse. A macro has lines and a scope of its
 * own; `W.Runtime.` gives its variables, while the version that it asks for stands in the plan beside the steps;
 * `With.` only asks that its wrapper is open.
 */
import type { CanonicalValue, CleanupState, NativeLanguage, Wrapper } from "@polyglot/contracts";
import { containedLibrary } from "../stdlib/contained/contained-library.ts";
import { Refused } from "../stdlib/given.ts";
import type { LibraryArguments } from "../stdlib/library-function.ts";
import {
  type LibraryWrapper,
  libraryWrappers,
  type OpenedWrapper,
  type WrappedEnd,
} from "../stdlib/library-wrapper.ts";
import { evaluate } from "./evaluate.ts";
import { type Flow, failed, next, stopped } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { argumentsOf, callContained, contextOf } from "./library.ts";
import { closeMacro, openMacro } from "./macro.ts";
import { at, raised } from "./raised.ts";
import { languageOfRuntime, variablesArgument, variablesOf } from "./runtime-variables.ts";

export function isKnownWrapper(name: string): boolean {
  return name.startsWith("W.Runtime.") || name.startsWith("With.") || isLibraryWrapper(name) || isContained(name);
}

/** Opens in the agent itself. */
export const isLibraryWrapper = (name: string): boolean => libraryWrappers.has(name);

/** Its arguments open something in a library worker. */
export const isContained = (name: string): boolean => containedLibrary.has(name);

/** Closes what began to open. */
type Close = (end: WrappedEnd) => Promise<CleanupState>;

export class OpenWrappers {
  readonly #frame: Frame;
  readonly #open: Close[] = [];

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  /** Stops at the first that does not open. */
  async open(): Promise<Flow> {
    for (const wrapper of this.#frame.unit.body.wrappers) {
      const flow = await this.#openOne(wrapper);
      if (flow.kind !== "next") return flow;
      this.#frame.unit.inForce.add(wrapper.name);
    }
    return next;
  }

  /** Closes, in reverse, all that began to open. `flow`: what the pipeline came to. */
  async close(flow: Flow): Promise<void> {
    const end = wrappedEnd(flow);
    for (const close of this.#open.reverse()) this.#frame.execution.noteCleanup(await close(end));
  }

  #openOne(wrapper: Wrapper): Promise<Flow> | Flow {
    if (wrapper.name.startsWith("With.")) return this.#demand(wrapper);
    const library = libraryWrappers.get(wrapper.name);
    if (library !== undefined) return this.#openLibrary(wrapper, library);
    if (isContained(wrapper.name)) return this.#openContained(wrapper);
    const language = languageOfRuntime(wrapper.name);
    if (language !== undefined) return this.#giveVariables(wrapper, language);
    if (wrapper.macro === undefined) return next;
    const given = give(wrapper, this.#frame);
    if (given.kind === "flow") return given.flow;
    return openMacro(wrapper, given.values, this.#frame, (scope) => {
      this.#open.push(() => closeMacro(wrapper, scope, this.#frame));
    });
  }

  /** Nothing to close: a worker with these variables ends as any other does. */
  #giveVariables(wrapper: Wrapper, language: NativeLanguage): Flow {
    const { unit } = this.#frame;
    const given = give(wrapper, this.#frame);
    if (given.kind === "flow") return given.flow;
    for (const { name, value } of given.values) {
      if (name !== variablesArgument) continue;
      const variables = variablesOf(value);
      if (typeof variables === "string")
        return failed(at(unit.prefix + wrapper.node, raised("ValidationError", variables)));
      unit.variables.set(language, variables);
    }
    return next;
  }

  async #openLibrary(wrapper: Wrapper, library: LibraryWrapper): Promise<Flow> {
    const { unit, branch } = this.#frame;
    const node = unit.prefix + wrapper.node;
    const fitted = this.#fit(wrapper, library.parameters);
    if (fitted.kind !== "values") return fitted;
    try {
      return this.#opened(wrapper, await library.open(contextOf(this.#frame, branch.signal, node), fitted.values));
    } catch (problem) {
      const type = problem instanceof Refused ? problem.type : "ResourceError";
      const message = `'${wrapper.name}' did not open: ${(problem as Error).message}`;
      return failed(at(node, { type: `pg\\!${type}`, lineage: [type], message, trace: "" }));
    }
  }

  /** What it opens is a handle, which lives in the library worker until it is closed there. */
  async #openContained(wrapper: Wrapper): Promise<Flow> {
    const { execution, unit } = this.#frame;
    const node = unit.prefix + wrapper.node;
    const fitted = this.#fit(wrapper, containedLibrary.get(wrapper.name)?.parameters ?? []);
    if (fitted.kind !== "values") return fitted;
    const end = await callContained(wrapper.name, fitted.values, this.#frame, node);
    if (end.kind === "stopped") return stopped;
    if (end.kind === "error") return failed(at(node, { ...end.error, trace: "" }));
    const [handle = null] = end.values;
    return this.#opened(wrapper, {
      values: end.values,
      close: async () => void (await execution.library.close(handle)),
    });
  }

  /** The values of a library wrapper's parameters, by name. */
  #fit(wrapper: Wrapper, parameters: readonly (readonly string[])[]): Fitted | Flow {
    const { unit } = this.#frame;
    const given = give(wrapper, this.#frame);
    if (given.kind === "flow") return given.flow;
    const untyped = given.values.map(({ name, value }) => ({
      ...(name === undefined ? {} : { name }),
      value,
      from: "pg\\any",
      to: "pg\\any",
    }));
    const fitted = argumentsOf(parameters, untyped, unit.namespace);
    return fitted.kind === "values" ? fitted : failed(at(unit.prefix + wrapper.node, fitted.error));
  }

  #opened(wrapper: Wrapper, opened: OpenedWrapper): Flow {
    const { unit, scope } = this.#frame;
    this.#open.push((end) => closeLibrary(opened, end, this.#frame, unit.prefix + wrapper.node));
    for (const [index, { variable }] of wrapper.results.entries()) scope.set(variable, opened.values[index] ?? null);
    return next;
  }

  #demand(wrapper: Wrapper): Flow {
    const wanted = wrapper.name.replace(/^With\./, "W.");
    if (this.#frame.unit.inForce.has(wanted)) return next;
    const message = `'${wrapper.name}' asks that '${wanted}' is in force, and it is not`;
    return failed(at(this.#frame.unit.prefix + wrapper.node, raised("DependencyError", message)));
  }
}

interface Fitted {
  readonly kind: "values";
  readonly values: LibraryArguments;
}

function wrappedEnd(flow: Flow): WrappedEnd {
  if (flow.kind === "stopped") return "cancelled";
  return flow.kind === "error" || (flow.kind === "exit" && flow.code !== 0) ? "failed" : "succeeded";
}

async function closeLibrary(opened: OpenedWrapper, end: WrappedEnd, frame: Frame, node: string): Promise<CleanupState> {
  try {
    await opened.close(end);
    return "done";
  } catch (problem) {
    frame.execution.record.noteCleanupError(at(node, raised("ResourceError", (problem as Error).message)));
    return "failed";
  }
}

export interface WrapperArgument {
  readonly name: string | undefined;
  readonly value: CanonicalValue;
}

type Given =
  | { readonly kind: "values"; readonly values: readonly WrapperArgument[] }
  | { readonly kind: "flow"; readonly flow: Flow };

function give(wrapper: Wrapper, frame: Frame): Given {
  const values: WrapperArgument[] = [];
  for (const { name, value } of wrapper.arguments) {
    const found = evaluate(value, frame.scope);
    if (found.kind === "error")
      return { kind: "flow", flow: failed(at(frame.unit.prefix + wrapper.node, found.error)) };
    values.push({ name, value: found.value });
  }
  return { kind: "values", values };
}
