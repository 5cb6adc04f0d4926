/** How entries of `|U.` are written. */
import { entry, type LibraryEntry, type PipelineUse } from "./entry.ts";

export interface UtilityOptions {
  readonly aliases?: readonly string[];
  readonly takes?: string;
  readonly gives?: string;
  readonly runs?: PipelineUse;
}

/** Its implementation is still open. */
export function open(name: string, doc: string, options: UtilityOptions = {}): LibraryEntry {
  return entry("utility", `U.${name}`, { ...options, doc, since: null });
}

export function done(name: string, doc: string, options: UtilityOptions = {}): LibraryEntry {
  return entry("utility", `U.${name}`, { ...options, doc, since: "0.1.0" });
}

/** Many names with one form; open where nothing else is said. */
export function group(
  prefix: string,
  names: string,
  doc: (name: string) => string,
  options: UtilityOptions,
  create = open,
): LibraryEntry[] {
  return names.split("/").map((name) => create(`${prefix}.${name}`, doc(name), options));
}

/** Names with one form, each with what it does. */
export function each(prefix: string, options: UtilityOptions, docs: Readonly<Record<string, string>>): LibraryEntry[] {
  return Object.entries(docs).map(([name, doc]) => done(`${prefix}.${name}`, doc, options));
}
