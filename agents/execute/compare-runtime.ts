import { languages } from "../runtimes/languages.ts";
import { compareVersions, isVersionOf } from "../runtimes/version.ts";
import type { RuntimeAge, RuntimeName } from "../stdlib/library-function.ts";
import type { Frame } from "./frame.ts";

const langs = { python: "py", node: "js", rust: "rust" } as const satisfies Record<RuntimeName, string>;

/** The runtime on which steps of the pipeline run, against a version; undefined where there is none. */
export function compareRuntime(name: RuntimeName, version: string, { execution, unit }: Frame): RuntimeAge | undefined {
  const wanted = unit.body.runtimes[langs[name]];
  const language = languages.find((one) => one.name === name);
  const own = execution.plan.found.filter((runtime) => runtime.name === name && runtime.usable);
  const runtime = own.find((one) => wanted === undefined || language?.offers(one.version, wanted) === true);
  if (runtime === undefined) return undefined;
  if (isVersionOf(runtime.version, version)) return "same";
  return compareVersions(runtime.version, version) < 0 ? "older" : "newer";
}
