/**
 * Which bundles are ready on which agents, as the agents say. `Prepared` is true of a pipeline when at least one agent
 * has its bundle ready, and has built of it what the pipeline calls. Memory only: agents say it again on each new stream.
 */
import { type Condition, environmentsOf, modulesOf, type Plan, type PlanPositions } from "@polyglot/contracts";
import type { PreparedBundle } from "@polyglot/contracts/service";
import { type Clock, GroupCommit } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import type { PlanCache, StoredPlan } from "../store/plan-cache.ts";
import { writeConditions } from "../store/objects.ts";
import { readPipelinesOfBundles, readPositions } from "../store/plans.ts";
import { withCondition } from "./conditions.ts";

/** Bundles remembered; the oldest go first. */
const maxBundles = 10_000;
/** An agent names all its bundles whenever the set changes: they are written together. */
const groupLimits = { maxItems: 1_000, maxConcurrent: 1 } as const;

interface Answer {
  readonly ready: boolean;
  readonly problem: string;
  /** What is built of it and is not ready, by key. */
  readonly unready: ReadonlyMap<string, Unready>;
  /** What it means for plans: asked at each start of an execution. */
  readonly standings: WeakMap<Plan, Standing["kind"]>;
}

/** Why it is not ready; while it is being built, what is being done. */
interface Unready {
  readonly error: string | undefined;
  readonly progress: string;
}

/** What an agent's answer means for one pipeline. */
type Standing = { readonly kind: "ready" } | { readonly kind: "building" | "failed"; readonly what: string };

export class Preparation {
  readonly #database: Database;
  readonly #plans: Pick<PlanCache, "load" | "get">;
  readonly #clock: Clock;
  /** bundle -> agent -> what it said last. */
  readonly #answers = new Map<string, Map<string, Answer>>();
  readonly #writes = new GroupCommit<string, void>((bundles) => this.#write(bundles), groupLimits);

  constructor(database: Database, plans: Pick<PlanCache, "load" | "get">, clock: Clock) {
    this.#database = database;
    this.#plans = plans;
    this.#clock = clock;
  }

  /** An agent's word on one bundle. Resolves when the pipelines that use it say so. */
  async prepared(agentId: string, message: PreparedBundle): Promise<void> {
    const answers = this.#answers.get(message.bundleDigest) ?? new Map<string, Answer>();
    this.#answers.set(message.bundleDigest, answers);
    const unready = new Map(
      message.modules.map(({ key, error, progress }) => [key, { error: error?.message, progress }]),
    );
    answers.set(agentId, {
      ready: message.ready,
      problem: message.error?.message ?? "",
      unready,
      standings: new WeakMap(),
    });
    if (this.#answers.size > maxBundles) this.#answers.delete(this.#answers.keys().next().value ?? "");
    await this.#writes.add(message.bundleDigest);
  }

  /** How far one agent is with what a plan needs; `building` where it has not said anything yet. */
  standingOn(agentId: string, { bundleDigest, plan }: Pick<StoredPlan, "bundleDigest" | "plan">): Standing["kind"] {
    const answer = this.#answers.get(bundleDigest)?.get(agentId);
    if (answer === undefined) return "building";
    const known = answer.standings.get(plan) ?? standingOf(answer, partsOf(plan, {})).kind;
    answer.standings.set(plan, known);
    return known;
  }

  /** `positions`: where the plan's nodes stand, for what is wrong with a line. */
  conditionOf(bundleDigest: string, plan: Plan, positions: PlanPositions): Omit<Condition, "last_transition_at"> {
    const parts = partsOf(plan, positions);
    const standings = [...(this.#answers.get(bundleDigest) ?? [])].map(
      ([agent, answer]) => [agent, standingOf(answer, parts)] as const,
    );
    const ready = standings.filter(([, { kind }]) => kind === "ready").map(([agent]) => agent);
    if (ready.length > 0) return condition("True", "Prepared", `ready on ${listOf(ready)}`);
    const [building] = standings.flatMap(([agent, one]) => (one.kind === "building" ? `${agent}: ${one.what}` : []));
    if (building !== undefined) return condition("Unknown", "Building", building);
    const [failed] = standings.flatMap(([agent, one]) => (one.kind === "failed" ? `${agent}: ${one.what}` : []));
    if (failed !== undefined) return condition("False", "PreparationFailed", failed);
    return condition("Unknown", "NoAgentYet", "no agent has said that the code is ready");
  }

  async #write(bundles: readonly string[]): Promise<void[]> {
    const pipelines = await readPipelinesOfBundles(this.#database, bundles);
    await this.#plans.load(pipelines.map((pipeline) => pipeline.plan_digest));
    const now = new Date(this.#clock.now());
    const positions = await readPositions(
      this.#database,
      pipelines.map((pipeline) => pipeline.plan_digest),
    );
    const changed = pipelines.flatMap((pipeline) => {
      const stored = this.#plans.get(pipeline.plan_digest);
      if (stored === undefined) return [];
      const places = positions.get(pipeline.plan_digest) ?? {};
      const next = this.conditionOf(pipeline.bundle_digest, stored.plan, places);
      return [{ ...pipeline, conditions: withCondition(pipeline.conditions, next, now) }];
    });
    if (changed.length > 0) await writeConditions(this.#database, changed);
    return bundles.map(() => undefined);
  }
}

/** What is built of a bundle or looked up in an environment for one plan: by key, with the line that asks for it. */
function partsOf(plan: Plan, positions: PlanPositions): ReadonlyMap<string, string> {
  const parts = new Map([...modulesOf(plan).keys()].map((key) => [key, ""]));
  for (const { key, functions } of environmentsOf(plan).values()) {
    parts.set(key, "");
    for (const one of functions.values()) parts.set(one.key, placeOf(positions[one.node]));
  }
  return parts;
}

const placeOf = (position: PlanPositions[string] | undefined): string =>
  position === undefined ? "" : `${position.file}:${position.line}:${position.column}: `;

function standingOf({ ready, problem, unready }: Answer, parts: ReadonlyMap<string, string>): Standing {
  if (!ready) return { kind: "failed", what: problem };
  const own = [...parts].flatMap(([key, place]) => {
    const state = unready.get(key);
    return state === undefined ? [] : [{ key, place, ...state }];
  });
  const failed = own.find(({ error }) => error !== undefined);
  if (failed !== undefined) return { kind: "failed", what: `${failed.place || `${failed.key}: `}${failed.error}` };
  if (own[0] === undefined) return { kind: "ready" };
  const said = own.find(({ progress }) => progress !== "")?.progress;
  return { kind: "building", what: said ?? `building ${own.map(({ key }) => key).join(", ")}` };
}

const condition = (status: Condition["status"], reason: string, message: string) =>
  ({ type: "Prepared", status, reason, message }) as const;

/** Three names are enough to look further. */
function listOf(agents: readonly string[]): string {
  const shown = agents.slice(0, 3).join(", ");
  return agents.length > 3 ? `${shown} and ${agents.length - 3} more` : shown;
}
