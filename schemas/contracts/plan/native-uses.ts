/** The native functions that a plan calls, so that what they need is built before the first call. */
import { callsOf } from "./calls-of.ts";
import type { Plan, PlanBody } from "./plan.ts";
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
  const targets = callsOf(body).flatMap(({ target, node }) => (target.kind === "native" ? [{ target, node }] : []));
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
