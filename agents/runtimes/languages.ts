import { cpp } from "./cpp/cpp.ts";
import type { Language } from "./language.ts";
import type { FoundRuntime } from "./native-call.ts";
import { node } from "./node/node.ts";
import { python } from "./python/python.ts";
import { rust } from "./rust/rust.ts";

/** Every language that this agent runs. */
export const languages: readonly Language[] = [python, node, rust, cpp];

/** Whether a runtime of this name and version serves a pipeline that asks for `wanted`. */
export function offersVersion(name: FoundRuntime["name"], version: string, wanted: string): boolean {
  return languages.some((language) => language.name === name && language.offers(version, wanted));
}
