/** What a plan asks for that this executioner cannot do: found before the first step, never in the middle. */
import {
  type CallStep,
  environmentArguments,
  handlersOf,
  type NativeLanguage,
  type Plan,
  type PlanBody,
  type Step,
  type Target,
  type Wrapper,
} from "@polyglot/contracts";
import type { FoundRuntime, NativeRuntimes } from "../runtimes/native-call.ts";
import { offersVersion } from "../runtimes/languages.ts";
import { isLibraryName } from "./library.ts";
import { at, type RunError, raised } from "./raised.ts";
import type { AttemptSettings } from "./settings.ts";
import { languageOfRuntime, variablesArgument } from "./runtime-variables.ts";
import { isContained, isKnownWrapper, isLibraryWrapper } from "./wrappers.ts";

const runtimeNames = { py: "python", js: "node", rust: "rust", cpp: "cpp" } as const satisfies Record<
  NativeLanguage,
  FoundRuntime["name"]
>;

/** `found`: the runtimes of this host. */
export function refusalOf(plan: Plan, found: readonly FoundRuntime[]): RunError | undefined {
  for (const body of [plan, ...Object.values(plan.callees)]) {
    const refusal = new BodyCheck(body, found).refusal();
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** What policies demand of this host and it lacks. */
export function refusalOfSettings(
  settings: AttemptSettings | undefined,
  host: Pick<NativeRuntimes, "problemOf">,
): RunError | undefined {
  const problem = settings === undefined ? undefined : host.problemOf(settings.confinement);
  return problem === undefined
    ? undefined
    : at("", raised("DependencyError", `${problem}; nothing of the plan was run`));
}

class BodyCheck {
  readonly #body: PlanBody;
  readonly #found: readonly FoundRuntime[];

  constructor(body: PlanBody, found: readonly FoundRuntime[]) {
    this.#body = body;
    this.#found = found;
  }

  refusal(): RunError | undefined {
    for (const wrapper of this.#body.wrappers) {
      const refusal = this.#ofWrapper(wrapper);
      if (refusal !== undefined) return refusal;
    }
    return this.#ofSteps([...this.#body.setup, ...this.#body.run, ...this.#body.cleanup]);
  }

  #ofWrapper(wrapper: Wrapper): RunError | undefined {
    if (wrapper.macro !== undefined) return this.#ofSteps([...wrapper.macro.setup, ...wrapper.macro.cleanup]);
    if (!isKnownWrapper(wrapper.name)) return notImplemented(wrapper.node, `the wrapper '${wrapper.name}'`);
    if (isContained(wrapper.name) || isLibraryWrapper(wrapper.name)) return undefined;
    const lang = languageOfRuntime(wrapper.name);
    const known = lang === undefined ? [] : [variablesArgument, ...this.#environmentArgument(lang)];
    const unknown = wrapper.arguments.find(({ name }) => name === undefined || !known.includes(name));
    if (unknown === undefined) return undefined;
    const what = unknown.name === undefined ? "an argument" : `the argument '${unknown.name}'`;
    return notImplemented(wrapper.node, `${what} of the wrapper '${wrapper.name}'`);
  }

  /** The file that it names stands in the plan. */
  #environmentArgument(lang: NativeLanguage): string[] {
    return lang !== "cpp" && this.#body.environments?.[lang] !== undefined ? [environmentArguments[lang]] : [];
  }

  #ofSteps(steps: readonly Step[]): RunError | undefined {
    for (const step of steps) {
      const refusal = this.#ofStep(step);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #ofStep(step: Step): RunError | undefined {
    switch (step.kind) {
      case "call":
        return this.#ofCall(step);
      case "fork":
        return this.#ofSteps(step.body) ?? this.#ofHandlers(step);
      case "switch":
        return (step.test.kind === "call" ? this.#ofCall(step.test.call) : undefined) ?? this.#ofSteps(step.body);
      case "assign":
      case "join":
        return this.#ofHandlers(step);
      case "output":
      case "exit":
        return undefined;
    }
  }

  #ofHandlers(step: Step): RunError | undefined {
    return this.#ofSteps(handlersOf(step).flatMap((handler) => handler.body));
  }

  #ofCall(step: CallStep): RunError | undefined {
    return this.#ofTarget(step.target, step.node) ?? this.#ofHandlers(step);
  }

  #ofTarget(target: Target, node: string): RunError | undefined {
    if (target.kind === "native") return this.#ofLanguage(target.lang, node);
    if (target.kind === "pipeline" || isLibraryName(target.name)) return undefined;
    return notImplemented(node, `the library's '${target.name}'`);
  }

  /** Asked for before the first step, because a version that is not here will not come while the plan runs. */
  #ofLanguage(lang: NativeLanguage, node: string): RunError | undefined {
    const name = runtimeNames[lang];
    const wanted = this.#body.runtimes[lang];
    const own = this.#found.filter((runtime) => runtime.name === name && runtime.usable);
    if (own.some(({ version }) => wanted === undefined || offersVersion(name, version, wanted))) return undefined;
    const asked = wanted === undefined ? name : `${name} ${wanted}`;
    const there = own.map(({ version }) => version).join(", ") || "none";
    const message = `this agent has no usable ${asked}; found: ${there}; nothing of the plan was run`;
    return at(node, raised("DependencyError", message));
  }
}

function notImplemented(node: string, what: string): RunError {
  return at(node, raised("NotImplementedError", `this agent does not implement ${what}; nothing of the plan was run`));
}
