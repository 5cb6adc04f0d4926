/** What a step leaves behind: the run goes on, or one of the ways in which it does not. */
import type { RunError } from "./raised.ts";

export type Flow =
  | { readonly kind: "next" }
  | { readonly kind: "error"; readonly error: RunError }
  /** `|Exit`: ends the run of this pipeline and of its callers. */
  | { readonly kind: "exit"; readonly code: number }
  /** A retry in a handler succeeded: the rest of the handler is skipped. */
  | { readonly kind: "recovered" }
  /** The branch was ended from outside: cancelled, killed, lost a race, or another branch left the run. */
  | { readonly kind: "stopped" };

export const next: Flow = { kind: "next" };
export const recovered: Flow = { kind: "recovered" };
export const stopped: Flow = { kind: "stopped" };
export const failed = (error: RunError): Flow => ({ kind: "error", error });
