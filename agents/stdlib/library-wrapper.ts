/** `|W.` of the library that open something around a pipeline's phases and close it afterwards, whatever happened. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CanonicalValue } from "@polyglot/contracts";
import { describeKind } from "../convert/describe.ts";
import { Refused } from "./given.ts";
import type { LibraryArguments, LibraryContext } from "./library-function.ts";

/** How the pipeline that a wrapper stands around came to its end. */
export type WrappedEnd = "succeeded" | "failed" | "cancelled";

export interface OpenedWrapper {
  /** What the wrapper gives to the pipeline, in order. */
  readonly values: readonly CanonicalValue[];
  close(end: WrappedEnd): Promise<void> | void;
}

export interface LibraryWrapper {
  /** As those of a function of the library. */
  readonly parameters: readonly (readonly string[])[];
  open(context: LibraryContext, given: LibraryArguments): Promise<OpenedWrapper> | OpenedWrapper;
}

/** Logs how long the pipeline took, cleanup included. */
function timer(context: LibraryContext): OpenedWrapper {
  const begun = context.clock.monotonic();
  const tookMs = (): number => context.clock.monotonic() - begun;
  return { values: [], close: () => context.log("info", `took ${tookMs().toFixed(1)} ms`) };
}

/** Records how long the pipeline took, cleanup included, and under the name of its end how it ended. */
const record =
  (byDefault: string, nameOf: (name: string, end: WrappedEnd) => string) =>
  (context: LibraryContext, given: LibraryArguments): OpenedWrapper => {
    const name = measureName(given.name ?? byDefault);
    const end = context.measure();
    return { values: [], close: (how) => end(nameOf(name, how), how) };
  };

function measureName(name: CanonicalValue): string {
  if (typeof name === "string" && /^[\w .:-]{1,100}$/.test(name)) return name;
  const shown = typeof name === "string" ? JSON.stringify(name.slice(0, 120)) : describeKind(name);
  throw new Refused("ValidationError", `'name' is 1 to 100 letters, digits, spaces and any of _.:-; got ${shown}`);
}

/**
 * Workers may run as another user, so the folder is open to all that know its name; the one above it tells names to
 * nobody but the agent's own user.
 */
async function temporaryFolder(): Promise<OpenedWrapper> {
  const hidden = await mkdtemp(join(tmpdir(), "polyglot-"));
  await chmod(hidden, 0o711);
  const folder = await mkdtemp(join(hidden, "work-"));
  await chmod(folder, 0o777);
  return { values: [folder], close: () => rm(hidden, { recursive: true, force: true }) };
}

export const libraryWrappers: ReadonlyMap<string, LibraryWrapper> = new Map<string, LibraryWrapper>([
  ["W.Timer", { parameters: [[]], open: timer }],
  ["W.Record.Timer", { parameters: [["name"]], open: record("timer", (name) => name) }],
  ["W.Record.RunStatus", { parameters: [["name"]], open: record("pipeline", (name, end) => `${name}.${end}`) }],
  ["W.System.Directory.Temporary", { parameters: [[]], open: temporaryFolder }],
]);
