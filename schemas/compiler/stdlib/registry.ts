/** The one list of what the standard library holds. */
import type { LibraryEntry } from "./entry.ts";
import { flow } from "./flow.ts";
import { log } from "./log.ts";
import { settings } from "./settings.ts";
import { triggers } from "./triggers.ts";

export const library: readonly LibraryEntry[] = [...triggers, ...settings, ...log, ...flow];

const byName = new Map<string, LibraryEntry>();
for (const known of library) {
  for (const name of [known.name, ...known.aliases]) byName.set(name, known);
}

export const libraryNames: readonly string[] = [...byName.keys()];

/** By its full name or an alias. */
export function findLibraryEntry(name: string): LibraryEntry | undefined {
  return byName.get(name);
}

/** Names that only the library may have: `T.…`, `Q.…`, `W.…`, `With.…`, `U.…`. */
export const isLibrarySpace = (name: string): boolean => /^(?:T|Q|W|With|U)\./.test(name);
