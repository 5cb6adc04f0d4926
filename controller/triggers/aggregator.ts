/**
 * Activates the pipelines whose events wait for something, on the controller that holds the namespace's shard. An event is
 *
 *     latched ──all that the pipeline needs is there──> used by an activation, in whose transaction it goes
 *        └── debounced, or its window is over ──> passed over
 *
 * Whoever sent it was told that it is kept, so it stays latched while the queue of its pipeline has no room.
 * The aggregator looks when an event is latched, when a trigger's time comes, and after a takeover; it asks for nothing in
 * between.
 */
import { type PipelineId, splitPipelineId, type TriggerRegistration } from "@polyglot/contracts";
import { type Clock, type Logger, Rounds, type Service } from "@polyglot/service";
import type { ShardHolder } from "../leader/shard-holder.ts";
import { shardOfTriggers, triggerShards } from "../leader/shard-names.ts";
import type { NewActivation } from "../store/activations.ts";
import type { Database, Queryable } from "../store/database.ts";
import { latchLimits, type LatchedEvent, readLatched, releaseLatched } from "../store/latched-events.ts";
import { holdsTerm } from "../store/objects.ts";
import type { PolicyBook } from "../policies/policy-book.ts";
import type { QueueRegistry } from "../registry/queue-registry.ts";
import { type Activator, lacksRoom } from "./activator.ts";
import type { Catalog, RegisteredPipeline } from "./catalog.ts";
import type { ConditionBook } from "./conditions/condition-book.ts";
import { everywhere } from "./conditions/condition.ts";
import { heldBeside, telling } from "./conditions/held.ts";
import { contextOf, contextOfUnits, inputsOfUnits } from "./context.ts";
import { gather, type Unit } from "./gather.ts";
import { needsOf } from "./needs.ts";

const limits = {
  /** The longest sleep: a clock that jumps forward is noticed after it. */
  sleepMs: 30_000,
  /** After a store that did not answer. */
  retryMs: 1_000,
  /** After a queue that had no room. */
  roomMs: 1_000,
  /** Activations of one transaction. */
  activations: 500,
} as const;

/** What becomes of events, together or not at all. */
interface Step {
  readonly events: readonly LatchedEvent[];
  readonly activation: NewActivation | undefined;
  /** Tells of it once it is committed. */
  tell(): void;
}

export interface AggregatorParts {
  readonly catalog: Catalog;
  readonly activator: Activator;
  readonly policies: Pick<PolicyBook, "onChange">;
  readonly registry: Pick<QueueRegistry, "onChange">;
  readonly conditions: Pick<ConditionBook, "onChange" | "standingsOf">;
  readonly database: Database;
  readonly holder: Pick<ShardHolder, "termOf" | "onChange" | "controllerId">;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Aggregator implements Service {
  readonly name = "aggregator";
  readonly #parts: AggregatorParts;
  readonly #rounds: Rounds;
  readonly #stoppers: (() => void)[] = [];
  /** Shards in which something may have changed. */
  #changed = new Set<string>(triggerShards);
  /** When time alone changes something, by shard. */
  readonly #dueMs = new Map<string, number>();

  constructor(parts: AggregatorParts) {
    this.#parts = parts;
    const { clock, logger } = parts;
    this.#rounds = new Rounds({
      clock,
      round: () => this.#lookAtChanged(),
      onError: (error) => {
        logger.warn({ error }, "events that wait could not be looked at; trying again");
        return limits.retryMs;
      },
    });
  }

  async start(): Promise<void> {
    const { catalog, conditions, database, holder, policies, registry } = this.#parts;
    this.#stoppers.push(
      await database.listen("polyglot_triggers", (shard) =>
        this.#lookSoon(shard === undefined ? triggerShards : [shard]),
      ),
      catalog.onChange(() => this.#lookSoon(triggerShards)),
      holder.onChange(() => this.#lookSoon(triggerShards)),
      policies.onChange(() => this.#lookSoon(triggerShards)),
      registry.onChange(() => this.#lookSoon(triggerShards)),
      conditions.onChange(() => this.#lookSoon(triggerShards)),
    );
    this.#rounds.start();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stoppers.splice(0)) stop();
    await this.#rounds.stop();
  }

  #lookSoon(shards: readonly string[]): void {
    for (const shard of shards) this.#changed.add(shard);
    this.#rounds.wake();
  }

  /** Answers for how long nothing changes by time alone. */
  async #lookAtChanged(): Promise<number> {
    const shards = this.#takeChanged();
    try {
      if (shards.length > 0) await this.#look(shards);
    } catch (error) {
      for (const shard of shards) this.#changed.add(shard);
      throw error;
    }
    return Math.min(limits.sleepMs, Math.max(0, Math.min(...this.#dueMs.values()) - this.#parts.clock.now()));
  }

  /** Those that are held and have changed, or whose time has come. */
  #takeChanged(): string[] {
    const now = this.#parts.clock.now();
    for (const [shard, dueMs] of this.#dueMs) if (dueMs <= now) this.#changed.add(shard);
    const shards = [...this.#changed].filter((shard) => this.#parts.holder.termOf(shard) !== undefined);
    this.#changed.clear();
    for (const shard of shards) this.#dueMs.delete(shard);
    return shards;
  }

  async #look(shards: readonly string[]): Promise<void> {
    const events = await readLatched(this.#parts.database, shards);
    const byPipeline = Map.groupBy(events, (event) => event.pipelineId);
    for (const [shard, pipelines] of Map.groupBy(byPipeline, ([pipelineId]) => shardOf(pipelineId))) {
      const steps = pipelines.flatMap(([pipelineId, waiting]) => this.#decide(shard, pipelineId, waiting));
      for (let at = 0; at < steps.length; at += limits.activations) {
        await this.#commit(shard, steps.slice(at, at + limits.activations));
      }
      const isCut = pipelines.some(([, waiting]) => waiting.length === latchLimits.read);
      if (isCut && steps.length > 0) this.#changed.add(shard);
    }
  }

  #decide(shard: string, pipelineId: PipelineId, waiting: readonly LatchedEvent[]): Step[] {
    const pipeline = this.#parts.catalog.find(pipelineId);
    if (pipeline === undefined) return waiting.map((event) => this.#passOver(event, undefined, "the pipeline is gone"));
    // Nothing activates it for now, and nothing is lost by that.
    if (this.#parts.activator.isSuspended(pipeline)) return [];
    const { all } = needsOf(pipeline.plan);
    const keys = new Set(all.flatMap((need) => need.triggers.map((trigger) => trigger.key)));
    const orphans = waiting.filter((event) => !keys.has(event.triggerKey));
    const { activations, passedOver, nextMs } = gather(all, waiting, this.#parts.clock.now());
    if (nextMs !== undefined) this.#lookAgainAt(shard, nextMs);
    return [
      ...orphans.map((event) => this.#passOver(event, undefined, "the pipeline has no such trigger any more")),
      ...passedOver.map(({ event, trigger, reason }) => this.#passOver(event, trigger, reason)),
      ...activations.flatMap((units) => this.#activate(pipeline, units) ?? []),
    ];
  }

  #passOver(event: LatchedEvent, trigger: TriggerRegistration | undefined, reason: string): Step {
    const { pipelineId, triggerKey, fields } = event;
    const logged = { pipelineId, triggerName: trigger?.name ?? "", triggerKey, triggerContext: contextOf(fields) };
    const tell = () => this.#parts.activator.log.note(logged, "filtered", reason, event.eventId, null);
    return { events: [event], activation: undefined, tell };
  }

  /** Undefined while its conditions do not hold: the events stay. */
  #activate(pipeline: RegisteredPipeline, units: readonly Unit[]): Step | undefined {
    const { activator, conditions } = this.#parts;
    const events = units.flatMap((unit) => unit.events);
    const host = events.find((event) => event.host !== null)?.host ?? null;
    const held = heldBeside(pipeline, host, conditions);
    if (held === undefined) return undefined;
    const last = units.toSorted((a, b) => lastAt(a) - lastAt(b)).at(-1)?.trigger;
    const request = {
      pipelineId: pipeline.id,
      triggerName: last?.name ?? "",
      triggerKey: last?.key ?? null,
      triggerContext: contextOfUnits([...units, ...telling(held.units)]),
      inputs: inputsOfUnits([...held.units, ...units]),
      // The events go in the transaction of the activation, and their own keys were taken when they came.
      dedupeKey: null,
      host: host ?? (held.site === everywhere ? null : held.site),
    };
    const prepared = activator.prepare(request);
    if (prepared.kind === "prepared") return { events, activation: prepared.activation, tell: () => undefined };
    return { events, activation: undefined, tell: () => activator.note(request, prepared) };
  }

  async #commit(shard: string, steps: readonly Step[]): Promise<void> {
    const { database, holder } = this.#parts;
    const term = holder.termOf(shard);
    if (term === undefined) return;
    const done = await database.transaction(async (transaction) => {
      // Whoever holds the shard now decides.
      if (!(await holdsTerm(transaction, shard, holder.controllerId, term))) return [];
      const settled = await this.#admit(transaction, steps);
      const ids = settled.flatMap((step) => step.events.map((event) => event.eventId));
      const released = await releaseLatched(transaction, ids);
      if (released.size < ids.length) throw new Error("events were taken by another than the holder of their shard");
      return settled;
    });
    if (done.length < steps.length) this.#lookAgainAt(shard, this.#parts.clock.now() + limits.roomMs);
    for (const step of done) step.tell();
  }

  /** Answers the steps that count: not those whose queue has no room. */
  async #admit(transaction: Queryable, steps: readonly Step[]): Promise<Step[]> {
    const { activator } = this.#parts;
    const activations = steps.flatMap((step) => step.activation ?? []);
    const decisions = activations.length === 0 ? [] : await activator.admit(transaction, activations);
    const decisionOf = new Map(activations.map((one, at) => [one, decisions[at]]));
    return steps.flatMap((step) => {
      const { activation } = step;
      const decision = activation && decisionOf.get(activation);
      if (activation === undefined || decision?.kind !== "refused") return [step];
      return lacksRoom(decision) ? [] : [{ ...step, tell: () => activator.note(activation, decision) }];
    });
  }

  #lookAgainAt(shard: string, atMs: number): void {
    this.#dueMs.set(shard, Math.min(atMs, this.#dueMs.get(shard) ?? atMs));
  }
}

const shardOf = (pipelineId: PipelineId): string => shardOfTriggers(splitPipelineId(pipelineId).namespace);

const lastAt = (unit: Unit): number => unit.events.at(-1)?.atMs ?? 0;
