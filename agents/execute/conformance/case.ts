import type { CanonicalValue, CleanupState, Plan } from "@polyglot/contracts";
import type { AttemptEnd } from "../attempt.ts";

/** One program and what is to come of it. What `expect` does not name is not looked at. */
export interface Case {
  readonly title: string;
  readonly plan: Plan;
  readonly inputs?: Readonly<Record<string, CanonicalValue>>;
  readonly expect: {
    /** `succeeded` where absent. */
    readonly outcome?: AttemptEnd;
    /** Where absent and the outcome is `succeeded`: none. */
    readonly outputs?: Readonly<Record<string, CanonicalValue>>;
    readonly error?: { readonly type: string; readonly message?: string; readonly step?: string };
    readonly exitCode?: number;
    readonly cleanup?: CleanupState;
    /** Log lines, in order. */
    readonly said?: readonly string[];
    /** The last log line, where those before it are open. */
    readonly saidLast?: string;
    /** Log lines of the branches that outlived the run. */
    readonly saidAfter?: readonly string[];
    /** Where the other lines are open: that the line `never` is not among them. */
    readonly neverSaid?: readonly [];
    /** `node state` of each step's record, in order. */
    readonly steps?: readonly string[];
  };
}
