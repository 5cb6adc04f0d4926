/**
 * How the conditions of all registered pipelines stand, from what hosts tell with their heartbeats. Every controller
 * keeps this in memory; what changes is written by the one that holds the condition's shard, and read at the start.
 */
import type { HostSample } from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import type { ConditionState } from "../../store/conditions.ts";
import type { RegisteredPipeline } from "../catalog.ts";
import { registrationsOf } from "../registrations.ts";
import { type Condition, conditionOf, everywhere, isAssertion, isCheck } from "./condition.ts";
import { type CheckState, type HostState, readingsOf } from "./reading.ts";
import { nextStanding, type Standing } from "./standing.ts";

/** What an agent tells of its host. */
export interface HostReport {
  readonly host: string;
  readonly sample: HostSample | undefined;
  readonly checks: readonly (CheckState & { readonly key: string })[];
}

export class ConditionBook {
  readonly #clock: Clock;
  readonly #hosts = new Map<string, HostState>();
  readonly #standings = new Map<string, Map<string, Standing>>();
  readonly #listeners = new Set<() => void>();
  /** Changed since they were taken, by condition and site. */
  readonly #changed = new Map<string, ConditionState>();
  #conditions: ReadonlyMap<string, Condition> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get conditions(): ReadonlyMap<string, Condition> {
    return this.#conditions;
  }

  /** Called when a condition begins or ceases to hold somewhere, or a host comes or goes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As the store has it: what was on or pending goes on from there. */
  restore(states: readonly ConditionState[]): void {
    for (const { condition, site, state, sinceMs, value } of states) {
      this.#sitesOf(condition).set(site, { state, sinceMs, value });
    }
  }

  /** All that is asked from now on. */
  follow(pipelines: Iterable<RegisteredPipeline>): void {
    const conditions = [...pipelines].flatMap(({ plan }) =>
      registrationsOf(plan)
        .filter(({ kind }) => kind === "condition")
        .flatMap((trigger) => conditionOf(trigger, plan) ?? []),
    );
    this.#conditions = new Map(conditions.map((condition) => [condition.key, condition]));
    for (const key of this.#standings.keys()) if (!this.#conditions.has(key)) this.#standings.delete(key);
    this.#look();
  }

  /** What agents look at. */
  get checks(): Condition[] {
    return [...this.#conditions.values()].filter(isCheck);
  }

  told(agentId: string, { host, sample, checks }: HostReport): void {
    const isNew = !this.#hosts.has(agentId);
    this.#hosts.set(agentId, { host, sample, checks: new Map(checks.map((check) => [check.key, check])) });
    if (this.#conditions.size > 0) this.#look(isNew);
  }

  /** The agent's stream is over: nothing holds there until it tells again. */
  left(agentId: string): void {
    if (this.#hosts.delete(agentId) && this.#conditions.size > 0) this.#look(true);
  }

  /** Where it can be told now. */
  standingsOf(condition: Condition): ReadonlyMap<string, Standing> {
    const sites = this.#standings.get(condition.key) ?? new Map<string, Standing>();
    const present = new Set([...this.#hosts.values()].map(({ host }) => host));
    return new Map([...sites].filter(([site]) => (site === everywhere ? this.#isKnown(condition) : present.has(site))));
  }

  /** Why a check could not be looked at, by host. */
  problemsOf(condition: Condition): ReadonlyMap<string, string> {
    return new Map(
      [...this.#hosts.values()].flatMap(({ host, checks }) => {
        const problem = checks.get(condition.key)?.problem ?? "";
        return problem === "" ? [] : [[host, problem] as const];
      }),
    );
  }

  /** What is to be written, of conditions that `isMine`; what is others' to write is forgotten. */
  takeChanges(isMine: (key: string) => boolean): ConditionState[] {
    const changes = [...this.#changed.values()].filter(({ condition }) => isMine(condition));
    this.#changed.clear();
    return changes;
  }

  #isKnown(condition: Condition): boolean {
    return isAssertion(condition) || this.#hosts.size > 0;
  }

  #sitesOf(key: string): Map<string, Standing> {
    const sites = this.#standings.get(key) ?? new Map<string, Standing>();
    this.#standings.set(key, sites);
    return sites;
  }

  #look(isNews = false): void {
    const nowMs = this.#clock.now();
    // Of several agents of a host the one that told last counts.
    const hosts = [...new Map([...this.#hosts.values()].map((state) => [state.host, state])).values()];
    const changes = [...this.#conditions.values()].map((condition) => this.#test(condition, hosts, nowMs));
    if (isNews || changes.includes(true)) for (const listener of this.#listeners) listener();
  }

  /** Whether it began or ceased to hold anywhere. */
  #test(condition: Condition, hosts: readonly HostState[], nowMs: number): boolean {
    const { key, options } = condition;
    const sites = this.#sitesOf(key);
    const readings = isAssertion(condition) ? assertion(condition) : readingsOf(condition, hosts);
    let isChanged = false;
    for (const [site, reading] of readings) {
      const before = sites.get(site);
      const standing = nextStanding(before, reading, options.forMs, nowMs);
      sites.set(site, standing);
      if (before?.state === standing.state) continue;
      this.#changed.set(JSON.stringify([key, site]), { condition: key, site, ...standing });
      isChanged ||= before?.state === "on" || standing.state === "on";
    }
    return isChanged || this.#changed.size > 0;
  }
}

function assertion({ trigger }: Condition) {
  const holds = trigger.arguments["condition"] === true;
  return new Map([[everywhere, { value: holds ? 1 : 0, holds, clears: !holds }]]);
}
