/** The one list of what the standard library holds. */
import { findConversion } from "./conversions.ts";
import type { LibraryEntry } from "./entry.ts";
import { flow } from "./flow.ts";
import { log } from "./log.ts";
import { settings } from "./settings.ts";
import { triggers } from "./triggers.ts";
import { utilities } from "./utilities.ts";
import { findRuntimeEntry, wrappers } from "./wrappers.ts";

export const library: readonly LibraryEntry[] = [...triggers, ...wrappers, ...utilities, ...log, ...settings, ...flow];

const byName = new Map<string, LibraryEntry>();
for (const known of library) {
  for (const name of [known.name, ...known.aliases]) byName.set(name, known);
}

export const libraryNames: readonly string[] = [...byName.keys()];

/** By its full name or an alias; runtimes and converters are known by the pattern of their names. */
export function findLibraryEntry(name: string): LibraryEntry | undefined {
  return byName.get(name) ?? findRuntimeEntry(name) ?? findConversion(name);
}

/** Names that only the library may have: `T.…`, `Q.…`, `W.…`, `With.…`, `U.…`. */
export const isLibrarySpace = (name: string): boolean => /^(?:T|Q|W|With|U)\./.test(name);
