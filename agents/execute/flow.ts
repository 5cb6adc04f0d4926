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
  | { readonly kind: "stopped" }
  /** Nothing of the branch can go on before people have decided; `places` are those of the journal where they are asked. */
  | { readonly kind: "waits"; readonly places: readonly string[] };

export const next: Flow = { kind: "next" };
export const recovered: Flow = { kind: "recovered" };
export const stopped: Flow = { kind: "stopped" };
/** What those of the flows wait for that do. */
export const allWaits = (flows: readonly Flow[]): Extract<Flow, { kind: "waits" }> => ({
  kind: "waits",
  places: flows.flatMap((flow) => (flow.kind === "waits" ? flow.places : [])),
});
/** Whether work beside it may end in its own time: nothing has failed, and nobody ends the run. */
export const letsOthersEnd = ({ kind }: Flow): boolean => kind === "next" || kind === "waits";
export const failed = (error: RunError): Flow => ({ kind: "error", error });
