/**
 * Which bundles are ready on which agents, as the agents say. `Prepared` is true of a pipeline when at least one agent
 * has its bundle ready, and has built of it what the pipeline calls. Memory only: agents say it again on each new stream.
 */
import { type Condition, modulesOf, type Plan } from "@polyglot/contracts";
import type { PreparedBundle } from "@polyglot/contracts/service";
import { type Clock, GroupCommit } from "@polyglot/service";
import type { Database } from "../store/database.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import { writeConditions } from "../store/objects.ts";
import { readPipelinesOfBundles } from "../store/plans.ts";
import { withCondition } from "./conditions.ts";

/** Bundles remembered; the oldest go first. */
const maxBundles = 10_000;
/** An agent names all its bundles whenever the set changes: they are written together. */
const groupLimits = { maxItems: 1_000, maxConcurrent: 1 } as const;

interface Answer {
  readonly ready: boolean;
  readonly problem: string;
  /** Modules that are not ready, by key: why, or undefined while they are being built. */
  readonly unready: ReadonlyMap<string, string | undefined>;
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
    const unready = new Map(message.modules.map(({ key, error }) => [key, error?.message]));
    answers.set(agentId, { ready: message.ready, problem: message.error?.message ?? "", unready });
    if (this.#answers.size > maxBundles) this.#answers.delete(this.#answers.keys().next().value ?? "");
    await this.#writes.add(message.bundleDigest);
  }

  conditionOf(bundleDigest: string, plan: Plan): Omit<Condition, "last_transition_at"> {
    const modules = [...modulesOf(plan).keys()];
    const standings = [...(this.#answers.get(bundleDigest) ?? [])].map(
      ([agent, answer]) => [agent, standingOf(answer, modules)] as const,
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
    const changed = pipelines.flatMap((pipeline) => {
      const stored = this.#plans.get(pipeline.plan_digest);
      if (stored === undefined) return [];
      const next = this.conditionOf(pipeline.bundle_digest, stored.plan);
      return [{ ...pipeline, conditions: withCondition(pipeline.conditions, next, now) }];
    });
    if (changed.length > 0) await writeConditions(this.#database, changed);
    return bundles.map(() => undefined);
  }
}

function standingOf({ ready, problem, unready }: Answer, modules: readonly string[]): Standing {
  if (!ready) return { kind: "failed", what: problem };
  const own = modules.filter((key) => unready.has(key));
  const failed = own.find((key) => unready.get(key) !== undefined);
  if (failed !== undefined) return { kind: "failed", what: `${failed}: ${unready.get(failed) ?? ""}` };
  return own[0] === undefined ? { kind: "ready" } : { kind: "building", what: `building ${own.join(", ")}` };
}

const condition = (status: Condition["status"], reason: string, message: string) =>
  ({ type: "Prepared", status, reason, message }) as const;

/** Three names are enough to look further. */
function listOf(agents: readonly string[]): string {
  const shown = agents.slice(0, 3).join(", ");
  return agents.length > 3 ? `${shown} and ${agents.length - 3} more` : shown;
}
