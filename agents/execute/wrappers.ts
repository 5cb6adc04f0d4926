/**
 * `[w]`: what is put around a pipeline's phases. Opened in order, closed in reverse. A macro has lines and a scope of its
 * own; `W.Runtime.` has nothing to open, because the version that it asks for stands in the plan beside the steps;
 * `With.` only asks that its wrapper is open.
 */
import type { CanonicalValue, CleanupState, Wrapper } from "@polyglot/contracts";
import { type LibraryWrapper, libraryWrappers, type OpenedWrapper } from "../stdlib/library-wrapper.ts";
import { evaluate } from "./evaluate.ts";
import { type Flow, failed, next } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { contextOf } from "./library.ts";
import { closeMacro, openMacro } from "./macro.ts";
import { at, raised } from "./raised.ts";

export function isKnownWrapper(name: string): boolean {
  return name.startsWith("W.Runtime.") || name.startsWith("With.") || libraryWrappers.has(name);
}

/** Closes what began to open. */
type Close = () => Promise<CleanupState>;

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

  /** Closes, in reverse, all that began to open. */
  async close(): Promise<void> {
    for (const close of this.#open.reverse()) this.#frame.execution.noteCleanup(await close());
  }

  #openOne(wrapper: Wrapper): Promise<Flow> | Flow {
    if (wrapper.name.startsWith("With.")) return this.#demand(wrapper);
    const library = libraryWrappers.get(wrapper.name);
    if (library !== undefined) return this.#openLibrary(wrapper, library);
    if (wrapper.macro === undefined) return next;
    const given = give(wrapper, this.#frame);
    if (given.kind === "flow") return given.flow;
    return openMacro(wrapper, given.values, this.#frame, (scope) => {
      this.#open.push(() => closeMacro(wrapper, scope, this.#frame));
    });
  }

  async #openLibrary(wrapper: Wrapper, library: LibraryWrapper): Promise<Flow> {
    const { unit, branch, scope } = this.#frame;
    const node = unit.prefix + wrapper.node;
    try {
      const opened = await library(contextOf(this.#frame, branch.signal, node));
      this.#open.push(() => closeLibrary(opened, this.#frame, node));
      for (const [index, { variable }] of wrapper.results.entries()) scope.set(variable, opened.values[index] ?? null);
      return next;
    } catch (problem) {
      const message = `'${wrapper.name}' did not open: ${(problem as Error).message}`;
      return failed(at(node, raised("ResourceError", message)));
    }
  }

  #demand(wrapper: Wrapper): Flow {
    const wanted = wrapper.name.replace(/^With\./, "W.");
    if (this.#frame.unit.inForce.has(wanted)) return next;
    const message = `'${wrapper.name}' asks that '${wanted}' is in force, and it is not`;
    return failed(at(this.#frame.unit.prefix + wrapper.node, raised("DependencyError", message)));
  }
}

async function closeLibrary(opened: OpenedWrapper, frame: Frame, node: string): Promise<CleanupState> {
  try {
    await opened.close();
    return "done";
  } catch (problem) {
    frame.execution.noteCleanupError(at(node, raised("ResourceError", (problem as Error).message)));
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
