/** How an attempt ended: what its run came to, or what ended it from outside. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { AttemptEnd } from "./attempt.ts";
import type { Flow } from "./flow.ts";
import type { ObtainedSecrets } from "./obtained-secrets.ts";
import type { KillReason } from "./kill-rules.ts";
import { at, type RunError, raised } from "./raised.ts";

/** Why an attempt is ended from outside. */
export type Stop =
  | { readonly kind: "cancelled"; readonly reason: string }
  | ({ readonly kind: "killed" } & KillReason)
  /** The lease ran out, or the agent ends: another attempt may begin, so nothing of this one may go on. */
  | { readonly kind: "lost" };

/** The same, or `|Exit` in a branch. */
export type Cause = Stop | { readonly kind: "exit"; readonly code: number };

export interface Ending {
  readonly outcome: AttemptEnd;
  readonly outputs: Readonly<Record<string, CanonicalValue>>;
  readonly error?: RunError;
  readonly exitCode?: number;
  readonly waitsFor?: readonly string[];
}

/** A run that came to its own end before the cause could stop it keeps that end; only a lost lease overrides it. One that waits has no end. */
export function endingOf(cause: Cause | undefined, flow: Flow, outputs: Ending["outputs"]): Ending {
  if (cause?.kind === "lost") return { outcome: "lost", outputs: {} };
  switch (flow.kind) {
    case "next":
    case "recovered":
      return { outcome: "succeeded", outputs };
    case "error":
      return { outcome: "failed", outputs: {}, error: flow.error };
    case "exit":
      return { outcome: outcomeOfExit(flow.code), outputs, exitCode: flow.code };
    case "waits":
      return cause === undefined
        ? { outcome: "waiting", outputs: {}, waitsFor: [...new Set(flow.places)] }
        : endingOfStop(cause);
    case "stopped":
      return endingOfStop(cause);
  }
}

/** Outputs that hold one are refused before they come here. */
export function withoutSecrets(ending: Ending, secrets: ObtainedSecrets): Ending {
  return ending.error === undefined ? ending : { ...ending, error: secrets.redactError(ending.error) };
}

const outcomeOfExit = (code: number): AttemptEnd => (code === 0 ? "succeeded" : "failed");

function endingOfStop(cause: Exclude<Cause, { kind: "lost" }> | undefined): Ending {
  switch (cause?.kind) {
    case "exit":
      return { outcome: outcomeOfExit(cause.code), outputs: {}, exitCode: cause.code };
    case "cancelled":
      return { outcome: "cancelled", outputs: {}, error: at("", raised("KilledError", cause.reason)) };
    case "killed":
      return { outcome: "killed", outputs: {}, error: at(cause.step ?? "", cause.error) };
    case undefined:
      throw new Error("an attempt stopped, and nothing had stopped it");
  }
}
