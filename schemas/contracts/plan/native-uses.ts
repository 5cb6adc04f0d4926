/** The native functions that a plan calls, so that what they need is built before the first call. */
import { handlersOf } from "./handlers-of.ts";
import type { Plan, PlanBody } from "./plan.ts";
import type { Step } from "./step.ts";
import type { NativeTarget } from "./target.ts";

export interface NativeUse {
  readonly target: NativeTarget;
  /** Of the runtime, as the pipeline asks for it; absent where it takes any. */
  readonly version: string | undefined;
  /** The file of a bundle that says which packages are built into its module; absent: none but its own. */
  readonly packages?: PackagesFile | undefined;
}

export interface PackagesFile {
  readonly path: string;
  readonly bundleDigest: string;
}

/** In the order of the plan; a function that is called twice stands twice. */
export function nativeUsesOf(plan: Plan): NativeUse[] {
  return [plan, ...Object.values(plan.callees)].flatMap(nativeUsesOfBody);
}

/** `node`: the step that calls it. */
export function nativeUsesOfBody(body: PlanBody): (NativeUse & { readonly node: string })[] {
  const macros = body.wrappers.flatMap(({ macro }) => (macro === undefined ? [] : [...macro.setup, ...macro.cleanup]));
  const targets = [...macros, ...body.setup, ...body.run, ...body.cleanup].flatMap(targetsOf);
  return targets.map((called) => {
    const packages = packagesOf(body, called.target);
    return { ...called, version: body.runtimes[called.target.lang], ...(packages && { packages }) };
  });
}

/** A crate has a manifest of its own; one file has what its pipeline names. */
export function packagesOf({ environments }: PlanBody, { lang, path }: NativeTarget): PackagesFile | undefined {
  const named = lang === "rust" && path.endsWith(".rs") ? environments?.rust : undefined;
  return named && { path: named.path, bundleDigest: named.bundle_digest };
}

interface Called {
  readonly target: NativeTarget;
  readonly node: string;
}

function targetsOf(step: Step): Called[] {
  return [...ownTargets(step), ...handlersOf(step).flatMap((handler) => handler.body.flatMap(targetsOf))];
}

function ownTargets(step: Step): Called[] {
  switch (step.kind) {
    case "call":
      return step.target.kind === "native" ? [{ target: step.target, node: step.node }] : [];
    case "fork":
      return step.body.flatMap(targetsOf);
    case "switch":
      return [...(step.test.kind === "call" ? ownTargets(step.test.call) : []), ...step.body.flatMap(targetsOf)];
    case "assign":
    case "join":
    case "output":
    case "exit":
      return [];
  }
}
