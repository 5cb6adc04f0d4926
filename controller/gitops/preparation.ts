/**
 * Which bundles are ready on which agents, as the agents say. `Prepared` is true of a pipeline when at least one agent
 * has its bundle ready. Memory only: agents say it again on each new stream.
 */
import type { Condition } from "@polyglot/contracts";
import type { PreparedBundle } from "@polyglot/contracts/service";
import { type Clock, GroupCommit } from "@polyglot/service";
import type { Database } from "../store/database.ts";
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
}

export class Preparation {
  readonly #database: Database;
  readonly #clock: Clock;
  /** bundle -> agent -> what it said last. */
  readonly #answers = new Map<string, Map<string, Answer>>();
  readonly #writes = new GroupCommit<string, void>((bundles) => this.#write(bundles), groupLimits);

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** An agent's word on one bundle. Resolves when the pipelines that use it say so. */
  async prepared(agentId: string, message: PreparedBundle): Promise<void> {
    const answers = this.#answers.get(message.bundleDigest) ?? new Map<string, Answer>();
    this.#answers.set(message.bundleDigest, answers);
    answers.set(agentId, { ready: message.ready, problem: message.error?.message ?? "" });
    if (this.#answers.size > maxBundles) this.#answers.delete(this.#answers.keys().next().value ?? "");
    await this.#writes.add(message.bundleDigest);
  }

  conditionOf(bundleDigest: string): Omit<Condition, "last_transition_at"> {
    const answers = [...(this.#answers.get(bundleDigest) ?? [])];
    const ready = answers.filter(([, answer]) => answer.ready).map(([agent]) => agent);
    const [failed] = answers.filter(([, answer]) => !answer.ready);
    if (ready.length > 0) return condition("True", "Prepared", `ready on ${listOf(ready)}`);
    if (failed !== undefined) return condition("False", "PreparationFailed", `${failed[0]}: ${failed[1].problem}`);
    return condition("Unknown", "NoAgentYet", "no agent has said that the code is ready");
  }

  async #write(bundles: readonly string[]): Promise<void[]> {
    const pipelines = await readPipelinesOfBundles(this.#database, bundles);
    const now = new Date(this.#clock.now());
    const changed = pipelines.map((pipeline) => {
      const next = this.conditionOf(pipeline.bundle_digest);
      return { ...pipeline, conditions: withCondition(pipeline.conditions, next, now) };
    });
    if (changed.length > 0) await writeConditions(this.#database, changed);
    return bundles.map(() => undefined);
  }
}

const condition = (status: Condition["status"], reason: string, message: string) =>
  ({ type: "Prepared", status, reason, message }) as const;

/** Three names are enough to look further. */
function listOf(agents: readonly string[]): string {
  const shown = agents.slice(0, 3).join(", ");
  return agents.length > 3 ? `${shown} and ${agents.length - 3} more` : shown;
}
