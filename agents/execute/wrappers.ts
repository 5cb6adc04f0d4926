/**
 * `[w]`: what is put around a pipeline's phases. Opened in order, closed in reverse. A macro has lines and a scope of its
 * own; `W.Runtime.` has nothing to open, because the version that it asks for stands in the plan beside the steps;
 * `With.` only asks that its wrapper is open.
 */
import type { CanonicalValue, Wrapper } from "@polyglot/contracts";
import { evaluate } from "./evaluate.ts";
import { type Flow, failed, next } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { closeMacro, openMacro } from "./macro.ts";
import { at, raised } from "./raised.ts";
import type { Scope } from "./scope.ts";

export function isKnownWrapper(name: string): boolean {
  return name.startsWith("W.Runtime.") || name.startsWith("With.");
}

interface OpenWrapper {
  readonly wrapper: Wrapper;
  /** Of a macro. */
  readonly scope?: Scope;
}

export class OpenWrappers {
  readonly #frame: Frame;
  readonly #open: OpenWrapper[] = [];

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
    for (const { wrapper, scope } of this.#open.reverse()) {
      if (scope !== undefined) this.#frame.execution.noteCleanup(await closeMacro(wrapper, scope, this.#frame));
    }
  }

  #openOne(wrapper: Wrapper): Promise<Flow> | Flow {
    if (wrapper.name.startsWith("With.")) return this.#demand(wrapper);
    if (wrapper.macro === undefined) return next;
    const given = give(wrapper, this.#frame);
    if (given.kind === "flow") return given.flow;
    return openMacro(wrapper, given.values, this.#frame, (scope) => this.#open.push({ wrapper, scope }));
  }

  #demand(wrapper: Wrapper): Flow {
    const wanted = wrapper.name.replace(/^With\./, "W.");
    if (this.#frame.unit.inForce.has(wanted)) return next;
    const message = `'${wrapper.name}' asks that '${wanted}' is in force, and it is not`;
    return failed(at(this.#frame.unit.prefix + wrapper.node, raised("DependencyError", message)));
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
