/** What `|Q.Kill.…` lines of a pipeline ask for, as the one who runs it needs it. */
import { defaults, type PlanBody } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import { Degrade } from "./degrade.ts";
import { boundsOf, type Excess, errorOf, type HostShare } from "./excess.ts";
import type { RaisedError } from "../runtimes/native-call.ts";
import type { Usage } from "./usage.ts";
import { UsageWatch } from "./usage-watch.ts";

type KillRules = PlanBody["kill"];

/** How long cleanup and handler have. Nothing with the strategy Immediate. Milliseconds. */
export const cleanupGraceMs = (rules: KillRules): number =>
  rules?.strategy === "immediate" ? 0 : 1000 * (rules?.grace_seconds ?? defaults.graceSeconds);

/** How long processes have to end by themselves, at most: half of a shorter grace period, for cleanup needs time, too. */
const longestProcessGraceMs = 500;

export const processGraceMs = (rules: KillRules): number => Math.min(longestProcessGraceMs, cleanupGraceMs(rules) / 2);

/** An error of an excess, with the step that is most to blame, and the figures. */
export interface KillReason {
  readonly error: RaisedError;
  readonly step?: string;
  readonly excess?: Excess;
}

export interface Limited {
  readonly usage: Usage;
  readonly host: HostShare;
  readonly clock: Clock;
  readonly note: (step: string, text: string) => void;
  readonly kill: (reason: KillReason) => void;
}

/** Watches what is limited; undefined where nothing is. Its `end` is to be called. */
export function watchUsage(rules: KillRules, { usage, host, clock, note, kill }: Limited): UsageWatch | undefined {
  const bounds = boundsOf(rules, host);
  if (bounds === undefined) return undefined;
  const killFor = (excess: Excess): void => kill({ error: errorOf(excess, host), step: excess.node, excess });
  const degrade =
    rules?.strategy === "degrade"
      ? new Degrade({
          usage,
          clock,
          graceMs: cleanupGraceMs(rules),
          note: (excess) => note(excess.node, `slowed down: ${errorOf(excess, host).message}`),
          kill: killFor,
        })
      : undefined;
  const act = (excess: Excess | undefined): Promise<void> | void => {
    if (degrade !== undefined) return degrade.act(excess);
    if (excess !== undefined) killFor(excess);
  };
  return new UsageWatch({ usage, bounds, host, clock, act });
}
