/** Plans in few words, as the compiler would give them. */
import {
  type CallStep,
  type CanonicalValue,
  createBundle,
  type Expression,
  type Handler,
  type NativeLanguage,
  type Plan,
  planVersion,
  type Result,
  type Step,
} from "@polyglot/contracts";

export const pipelineId = "test.execute#Main";

export function planOf(parts: Partial<Plan> = {}): Plan {
  return {
    version: planVersion,
    pipeline_id: pipelineId,
    triggers: [],
    queue: { queue: "Default" },
    inputs: [],
    wrappers: [],
    runtimes: {},
    setup: [],
    run: [],
    cleanup: [],
    outputs: [],
    callees: {},
    ...parts,
  };
}

export const literal = (value: CanonicalValue, type = "pg\\any"): Expression => ({ kind: "literal", value, type });

/** `"row.name"` is a variable and a path below it. */
export function variable(dotted: string): Expression {
  const [name = "", ...path] = dotted.split(".");
  return { kind: "variable", name, path };
}

export const anyResult = (name: string, type = "pg\\any"): Result => ({ variable: name, from: "pg\\any", type });

export interface NativeCallParts {
  readonly node?: string;
  readonly lang?: NativeLanguage;
  readonly path?: string;
  readonly results?: readonly Result[];
  readonly handlers?: Handler[];
}

/** One bundle of one file for all calls of a test. */
export class CodeFixture {
  readonly bundle;
  readonly #path: string;
  readonly #lang: NativeLanguage;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#lang = path.endsWith(".py") ? "py" : "js";
    this.bundle = createBundle(new Map([[path, new TextEncoder().encode(text)]]));
  }

  call(
    name: string,
    given: readonly Expression[],
    results: readonly string[] = [],
    parts: NativeCallParts = {},
  ): CallStep {
    return {
      kind: "call",
      node: parts.node ?? name,
      after: [],
      target: {
        kind: "native",
        lang: this.#lang,
        origin: "bundle",
        path: this.#path,
        function: name,
        bundle_digest: this.bundle.digest,
      },
      arguments: given.map((value) => ({ value, from: "pg\\any", to: "pg\\any" })),
      results: [...(parts.results ?? results.map((result) => anyResult(result)))],
      handlers: parts.handlers ?? [],
    };
  }
}

export const assign = (name: string, value: Expression): Step => ({
  kind: "assign",
  node: `assign-${name}`,
  after: [],
  value,
  result: anyResult(name),
});

export const outputs = (...names: string[]) => names.map((name) => ({ name, type: "pg\\any" }));
