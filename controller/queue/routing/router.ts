/** Which agent gets an execution: what it demands, what agents have, what is set aside, and the rules for the choice. */
import type { NativeLanguage } from "@polyglot/contracts";
import type { EffectiveSettings } from "../../policies/effective-settings.ts";
import type { PolicyBook } from "../../policies/policy-book.ts";
import type { QueueDefinition } from "../../registry/queue-definition.ts";
import type { ObservedPeaks } from "../../observe/observed-peaks.ts";
import type { ObservedPeak } from "../../store/observed-peaks.ts";
import type { PlanCache } from "../../store/plan-cache.ts";
import type { WaitingExecution } from "../../store/waiting.ts";
import { type Demand, demandOf } from "../admission/demand.ts";
import { freeThreshold } from "../admission/free-threshold.ts";
import { asksForLoad, lackOf, type Refusal, shortageOf } from "../admission/refusal.ts";
import { Reservations } from "../admission/reservations.ts";
import type { AgentSession } from "../agent-session.ts";
import type { RunningAttempt } from "../attempt-result.ts";
import { type Candidate, chooseAgent, defaultRoute, type Route, type Routed } from "./choose-agent.ts";
import { mostPrepared } from "./most-prepared.ts";
import { Traces } from "./traces.ts";

export interface RouterParts {
  readonly plans: Pick<PlanCache, "get">;
  readonly policies: Pick<PolicyBook, "of" | "routeOf" | "isClosed">;
  readonly peaks: Pick<ObservedPeaks, "get" | "load">;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** What an execution of one plan in one queue looks for. */
interface Wish {
  readonly demand: Demand;
  readonly route: Route;
  readonly require: Readonly<Record<string, string>>;
  readonly languages: readonly NativeLanguage[];
  /** By which it was worked out. */
  readonly peak?: ObservedPeak | undefined;
}

const plainWish: Wish = {
  demand: {
    runtimes: [],
    layers: [],
    isStrict: false,
    requests: { cores: 0, memoryBytes: 0, gpus: 0, diskBytes: 0 },
    free: {},
  },
  route: defaultRoute,
  require: {},
  languages: [],
};

export type Choice =
  | { readonly kind: "chosen"; readonly session: AgentSession }
  /** The plan has to be read first. */
  | { readonly kind: "unknown-plan" }
  | { readonly kind: "none" };

const none: Choice = { kind: "none" };

type Waiting = Pick<WaitingExecution, "executionId" | "pipelineId" | "planDigest" | "host" | "concurrencyKey">;

export class Router {
  readonly #parts: RouterParts;
  readonly #reservations = new Reservations();
  readonly #sessions: () => Iterable<AgentSession>;
  readonly #traces: Traces;
  /** Made anew with each change of the objects, as the settings are. */
  readonly #wishes = new WeakMap<EffectiveSettings, WeakMap<QueueDefinition, Wish>>();
  readonly #lacks = new WeakMap<AgentSession, WeakMap<Wish, Refusal | null>>();
  readonly #planless = new Set<string>();
  /** Agents that people have closed to new work. */
  #cordoned: ReadonlySet<string> = new Set();

  constructor(parts: RouterParts, sessions: () => Iterable<AgentSession>) {
    this.#parts = parts;
    this.#sessions = sessions;
    this.#traces = new Traces(parts.now, (pipelineId, label, value) => this.#countRunning(pipelineId, label, value));
  }

  /** The store has not the plan either: its executions go to any agent, whose answer says what is the matter. */
  goWithout(planDigest: string): void {
    this.#planless.add(planDigest);
  }

  cordon(agentIds: ReadonlySet<string>): void {
    this.#cordoned = agentIds;
  }

  /** Reads what runs of these took, as far as policies have requests learned from it. Their plans are in memory. */
  async learn(executions: readonly Pick<Waiting, "pipelineId" | "planDigest">[]): Promise<void> {
    const byPlan = new Map(executions.map((one) => [one.planDigest, one.pipelineId]));
    const learning = [...byPlan].flatMap(([planDigest, id]) => {
      const stored = this.#parts.plans.get(planDigest);
      return stored !== undefined && this.#parts.policies.of({ ...stored, id }).get("learn") === true ? [id] : [];
    });
    if (learning.length > 0) await this.#parts.peaks.load(learning);
  }

  /** What is set aside for a pipeline's next execution; undefined: its plan is not in memory. */
  demandOf(execution: Waiting, definition: QueueDefinition): Demand | undefined {
    return this.#wishOf(execution, definition)?.demand;
  }

  /** What it chooses has its place and what it asks for until `ended`. */
  choose(execution: Waiting, definition: QueueDefinition): Choice {
    const wish = this.#wishOf(execution, definition);
    if (wish === undefined) return { kind: "unknown-plan" };
    const { pipelineId, planDigest } = execution;
    const eligible = [...this.#sessions()].filter((one) => this.#refusal(one, execution, wish) === undefined);
    const prepared = mostPrepared(eligible, ({ stream }) => stream.standingFor(pipelineId, planDigest));
    const candidates: (Candidate & { readonly session: AgentSession })[] = prepared
      .filter(({ credits }) => credits > 0)
      .map((session) => ({ session, agent: session.stream.facts, credits: session.credits }));
    const chosen = chooseAgent(candidates, routedOf(execution, wish), wish.route, this.#traces)?.session;
    if (chosen === undefined) return none;
    const { agentId, host } = chosen.stream;
    chosen.spend();
    this.#take(execution, agentId, wish);
    this.#traces.note(pipelineId, wish.languages, { agentId, host });
    return { kind: "chosen", session: chosen };
  }

  /** Why none of the agents that are connected gets it now; undefined: its plan is not known yet. */
  explain(execution: Waiting, definition: QueueDefinition): Refusal[] | undefined {
    const wish = this.#wishOf(execution, definition);
    if (wish === undefined) return undefined;
    const { pipelineId, planDigest } = execution;
    const asked = [...this.#sessions()].map((session) => ({
      session,
      refusal: this.#refusal(session, execution, wish),
    }));
    const eligible = asked.flatMap(({ session, refusal }) => (refusal === undefined ? [session] : []));
    const prepared = new Set(mostPrepared(eligible, ({ stream }) => stream.standingFor(pipelineId, planDigest)));
    return asked.flatMap(({ session, refusal }) => refusal ?? placeRefusal(session, prepared.has(session)) ?? []);
  }

  /** It runs, as the store says: also what another controller dispatched before. */
  began(
    attempt: Pick<RunningAttempt, "executionId" | "pipelineId" | "planDigest" | "agentId">,
    definition: QueueDefinition,
  ): void {
    const wish = this.#wishOf({ ...attempt, host: null, concurrencyKey: null }, definition);
    if (wish !== undefined) this.#take(attempt, attempt.agentId, wish);
  }

  /** Whether that set something free. */
  ended(executionId: string): boolean {
    return this.#reservations.give(executionId);
  }

  #take({ executionId, pipelineId }: Pick<Waiting, "executionId" | "pipelineId">, agentId: string, wish: Wish): void {
    const isCounted = wish.route.spread !== undefined;
    this.#reservations.take(executionId, { agentId, pipelineId, requests: wish.demand.requests, isCounted });
  }

  #refusal(session: AgentSession, execution: Waiting, wish: Wish): Refusal | undefined {
    const { stream } = session;
    const { agentId, host } = stream;
    if (execution.host !== null && host !== execution.host) {
      return {
        agentId,
        reason: "host",
        message: `agent ${agentId} is not on host ${execution.host}, where its file is`,
      };
    }
    if (this.#cordoned.has(agentId) || this.#parts.policies.isClosed(stream.facts)) {
      return { agentId, reason: "cordoned", message: `agent ${agentId} takes nothing new` };
    }
    const lack = this.#lackOf(session, wish);
    if (lack !== undefined || !asksForLoad(wish.demand)) return lack;
    return shortageOf(wish.demand, stream.facts, stream.load, this.#reservations.of(agentId));
  }

  #lackOf(session: AgentSession, wish: Wish): Refusal | undefined {
    const known = this.#lacks.get(session) ?? new WeakMap<Wish, Refusal | null>();
    this.#lacks.set(session, known);
    const before = known.get(wish);
    if (before !== undefined) return before ?? undefined;
    const lack = lackOf(wish.demand, session.stream.facts, wish.require);
    known.set(wish, lack ?? null);
    return lack;
  }

  /** Undefined where the plan is not in memory. */
  #wishOf({ pipelineId, planDigest }: Waiting, definition: QueueDefinition): Wish | undefined {
    const stored = this.#parts.plans.get(planDigest);
    if (stored === undefined) return this.#planless.has(planDigest) ? plainWish : undefined;
    const settings = this.#parts.policies.of({ ...stored, id: pipelineId });
    const byQueue = this.#wishes.get(settings) ?? new WeakMap<QueueDefinition, Wish>();
    this.#wishes.set(settings, byQueue);
    const known = byQueue.get(definition);
    const peak = settings.get("learn") === true ? this.#parts.peaks.get(pipelineId) : undefined;
    if (known !== undefined && known.peak === peak) return known;
    const demand = demandOf(stored.plan, settings, freeThreshold(definition), peak);
    const rule = this.#parts.policies.routeOf(pipelineId);
    const [route, require] = [rule ?? defaultRoute, rule?.require ?? {}];
    const languages = [...new Set(demand.runtimes.map(({ language }) => language))];
    const wish = { demand, route, require, languages, peak };
    byQueue.set(definition, wish);
    return wish;
  }

  #countRunning(pipelineId: string, label: string, value: string): number {
    let count = 0;
    for (const { stream } of this.#sessions()) {
      if ((stream.facts.labels[label] ?? "") === value) count += this.#reservations.count(pipelineId, stream.agentId);
    }
    return count;
  }
}

/** Of an agent that may have it. */
function placeRefusal({ stream, credits }: AgentSession, isPrepared: boolean): Refusal | undefined {
  const { agentId, facts } = stream;
  const reason = "places" as const;
  if (credits === 0)
    return { agentId, reason, message: `agent ${agentId} has none of its ${facts.capacity} places free` };
  if (isPrepared) return undefined;
  return { agentId, reason, message: `agent ${agentId} has not made its code ready, as an agent without a place has` };
}

const routedOf = ({ pipelineId, concurrencyKey }: Waiting, { languages }: Wish): Routed => ({
  pipelineId,
  key: `${pipelineId}\n${concurrencyKey ?? ""}`,
  languages,
});
