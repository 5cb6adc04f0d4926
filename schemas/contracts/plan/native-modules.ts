/** The modules that plans need built: functions of compiled languages, by the file that has them. */
import { nativeUsesOf, type NativeUse, type PackagesFile } from "./native-uses.ts";
import type { Plan } from "./plan.ts";
import type { NativeTarget } from "./target.ts";

export interface NativeModuleUse {
  readonly bundleDigest: string;
  /** Names it within its bundle. */
  readonly key: string;
  readonly lang: NativeTarget["lang"];
  readonly path: string;
  /** Standard of the language; absent where any will do. */
  readonly version: string | undefined;
  /** The file of a bundle that says which packages are built into it. */
  readonly packages: PackagesFile | undefined;
  /** By name; each once. */
  readonly functions: ReadonlyMap<string, NativeTarget["signature"]>;
}

const compiledLanguages: ReadonlySet<NativeTarget["lang"]> = new Set(["rust", "cpp"]);

const keyOf = ({ target, version, packages }: NativeUse): string =>
  [target.lang, version, packages?.path, target.path].filter((part) => part !== undefined).join(" ");

/** Of one plan, by key. A plan never changes, so the answer is kept with it. */
export function modulesOf(plan: Plan): ReadonlyMap<string, NativeModuleUse> {
  const found = known.get(plan) ?? collect(plan);
  known.set(plan, found);
  return found;
}

const known = new WeakMap<Plan, ReadonlyMap<string, NativeModuleUse>>();

/** Of all plans together, so that a module is built once with every function that any of them calls. */
export function modulesOfAll(plans: Iterable<Plan>): NativeModuleUse[] {
  const all = new Map<string, NativeModuleUse>();
  for (const plan of plans) {
    for (const module of modulesOf(plan).values()) {
      const key = `${module.bundleDigest}\n${module.key}`;
      const other = all.get(key);
      const functions = other === undefined ? module.functions : new Map([...other.functions, ...module.functions]);
      all.set(key, { ...module, functions });
    }
  }
  return [...all.values()];
}

function collect(plan: Plan): ReadonlyMap<string, NativeModuleUse> {
  const modules = new Map<string, NativeModuleUse & { readonly functions: Map<string, NativeTarget["signature"]> }>();
  for (const use of nativeUsesOf(plan)) {
    const { lang, path, bundle_digest: bundleDigest } = use.target;
    if (!compiledLanguages.has(lang)) continue;
    const key = keyOf(use);
    const { version, packages } = use;
    const module = modules.get(key) ?? { bundleDigest, key, lang, path, version, packages, functions: new Map() };
    module.functions.set(use.target.function, use.target.signature);
    modules.set(key, module);
  }
  return modules;
}
