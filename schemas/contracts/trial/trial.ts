/** One run of a plan by itself, without a controller: what `polyglot test` asks of an agent's program, and its answer. */
import type { AttemptOutcome } from "../states.ts";
import type { CanonicalValue } from "../values.ts";
import type { Plan } from "../plan/plan.ts";
import type { Target } from "../plan/target.ts";

/** Lines of JSON on standard input; its end is the end of the work. */
export type TrialRequest =
  | { readonly bundle: { readonly digest: string; readonly archive: string } }
  | { readonly trial: Trial };

export interface Trial {
  /** Names the answer. */
  readonly id: number;
  readonly plan: Plan;
  readonly inputs: Values;
  readonly stubs: readonly Stub[];
  /** Milliseconds since the epoch at which it begins; absent: now. */
  readonly startsAt?: number;
  /** Content by path below the folder where the library's relative paths start; base64. */
  readonly files: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly state: Values;
}

type Values = Readonly<Record<string, CanonicalValue>>;

/** What calls a stub answers: those of one step, of a native function, of a name of the library, or of a pipeline. */
export type StubTarget =
  | { readonly node: string }
  | { readonly path: string; readonly function: string }
  | { readonly library: string }
  | { readonly pipeline: string };

/** That of all calls of the same thing. */
export function stubTargetOf(target: Target): StubTarget {
  switch (target.kind) {
    case "native":
      return { path: target.path, function: target.function };
    case "library":
      return { library: target.name };
    case "pipeline":
      return { pipeline: target.pipeline_id };
  }
}

export interface Stub {
  readonly target: StubTarget;
  /** In turn; the last one answers all further calls. */
  readonly answers: readonly StubAnswer[];
}

export type StubAnswer =
  | { readonly results: readonly CanonicalValue[] }
  | { readonly raises: { readonly type: string; readonly message: string; readonly classes: readonly string[] } };

export interface TrialAnswer {
  readonly id: number;
  readonly outcome: AttemptOutcome;
  readonly outputs: Values;
  readonly error?: { readonly type: string; readonly message: string; readonly step: string; readonly trace: string };
  readonly exitCode?: number;
  /** In the order in which they began, those that a stub answered among them. */
  readonly calls: readonly TrialCall[];
  readonly logs: readonly { readonly node: string; readonly level: string; readonly text: string }[];
  /** Nodes at which it waits for people. */
  readonly waitsFor: readonly string[];
  readonly durationMs: number;
}

export interface TrialCall {
  readonly node: string;
  readonly target: StubTarget;
  readonly arguments: readonly CanonicalValue[];
  readonly isStubbed: boolean;
}

/** An input's value that stands for the absolute path of one of the trial's files. */
export const fileTag = "$file";
