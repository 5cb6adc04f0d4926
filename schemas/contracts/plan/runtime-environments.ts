/** Environments that plans need on an agent, and the functions of them that nobody but their runtime can see. */
import { nativeUsesOfBody } from "./native-uses.ts";
import type { Plan, PlanBody } from "./plan.ts";
import type { NativeTarget } from "./target.ts";

/** Languages whose code may have packages, with the argument of `W.Runtime.` that names the file for it. */
export const environmentArguments = { py: "requirements", js: "package", rust: "crate" } as const;
export type PackagedLanguage = keyof typeof environmentArguments;

/** Those whose packages are a folder beside the code; the others' are built into their modules. */
export type EnvironmentLanguage = Exclude<PackagedLanguage, "rust">;

export interface EnvironmentUse {
  readonly bundleDigest: string;
  /** Names it within its bundle. */
  readonly key: string;
  readonly lang: EnvironmentLanguage;
  /** Of the runtime, as the pipeline asks for it; absent where it takes any. */
  readonly version: string | undefined;
  /** Of the file that says what it holds; absent for what the runtime brings along. */
  readonly path: string | undefined;
  /** Of its modules, by their key. */
  readonly functions: ReadonlyMap<string, EnvironmentFunction>;
}

export interface EnvironmentFunction {
  readonly key: string;
  readonly module: string;
  readonly name: string;
  /** The first step of the plan that calls it, in the plan's own numbering; empty where only a callee does. */
  readonly node: string;
}

/** Of one plan, by key. A plan never changes, so the answer is kept with it. */
export function environmentsOf(plan: Plan): ReadonlyMap<string, EnvironmentUse> {
  const found = known.get(plan) ?? collect(plan);
  known.set(plan, found);
  return found;
}

const known = new WeakMap<Plan, ReadonlyMap<string, EnvironmentUse>>();

/** Of all plans together, so that each is built once and asked for all functions at once. */
export function environmentsOfAll(plans: Iterable<Plan>): EnvironmentUse[] {
  const all = new Map<string, EnvironmentUse>();
  for (const plan of plans) {
    for (const use of environmentsOf(plan).values()) {
      const key = `${use.bundleDigest}\n${use.key}`;
      const functions = new Map([...(all.get(key)?.functions ?? []), ...use.functions]);
      all.set(key, { ...use, functions });
    }
  }
  return [...all.values()];
}

/** How a function of an environment's module is named in what became of it. */
export const keyOfFunction = (environment: string, module: string, name: string): string =>
  `${environment} ${module}|${name}`;

type OpenUse = EnvironmentUse & { readonly functions: Map<string, EnvironmentFunction> };

function collect(plan: Plan): ReadonlyMap<string, EnvironmentUse> {
  const uses = new Map<string, OpenUse>();
  for (const body of [plan, ...Object.values(plan.callees)]) {
    for (const lang of ["py", "js"] as const) {
      const environment = body.environments?.[lang];
      if (environment !== undefined) useOf(uses, body, lang, environment.bundle_digest);
    }
    // Nodes of callees are numbered in their own plans.
    for (const { target, node } of nativeUsesOfBody(body)) noteFunction(uses, body, target, body === plan ? node : "");
  }
  return uses;
}

function noteFunction(uses: Map<string, OpenUse>, body: PlanBody, target: NativeTarget, node: string): void {
  const { lang, origin, path: module, function: name, bundle_digest: bundleDigest } = target;
  if (origin !== "environment" || (lang !== "py" && lang !== "js")) return;
  const use = useOf(uses, body, lang, body.environments?.[lang]?.bundle_digest ?? bundleDigest);
  const key = keyOfFunction(use.key, module, name);
  if (!use.functions.has(key)) use.functions.set(key, { key, module, name, node });
}

function useOf(uses: Map<string, OpenUse>, body: PlanBody, lang: EnvironmentLanguage, bundleDigest: string): OpenUse {
  const version = body.runtimes[lang];
  const path = body.environments?.[lang]?.path;
  const key = keyOfEnvironment(lang, version, path);
  const use = uses.get(key) ?? { bundleDigest, key, lang, version, path, functions: new Map() };
  uses.set(key, use);
  return use;
}

export const keyOfEnvironment = (
  lang: EnvironmentLanguage,
  version: string | undefined,
  path: string | undefined,
): string => [lang, version, path].filter((part) => part !== undefined).join(" ");
