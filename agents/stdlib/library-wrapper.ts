/** `|W.` of the library that open something around a pipeline's phases and close it afterwards, whatever happened. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CanonicalValue } from "@polyglot/contracts";
import type { LibraryContext } from "./library-function.ts";

export interface OpenedWrapper {
  /** What the wrapper gives to the pipeline, in order. */
  readonly values: readonly CanonicalValue[];
  close(): Promise<void> | void;
}

export type LibraryWrapper = (context: LibraryContext) => Promise<OpenedWrapper> | OpenedWrapper;

/** Logs how long the pipeline took, cleanup included. */
function timer(context: LibraryContext): OpenedWrapper {
  const begun = context.clock.monotonic();
  const tookMs = (): number => context.clock.monotonic() - begun;
  return { values: [], close: () => context.log("info", `took ${tookMs().toFixed(1)} ms`) };
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
  ["W.Timer", timer],
  ["W.System.Directory.Temporary", temporaryFolder],
]);
