/**
 * The one way from what happened outside to activations, for every kind of event trigger: files, schedules, requests,
 * messages. A source says what happened, with the context of its trigger. A pipeline with one event trigger is activated
 * at once; where there is something to wait for, the event is kept for the aggregator.
 */
import { type CanonicalValue, createExecutionId, splitPipelineId, type TriggerRegistration } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import { shardOfTriggers } from "../leader/shard-names.ts";
import type { NewActivation } from "../store/activations.ts";
import type { Database, Queryable } from "../store/database.ts";
import { type LatchAnswer, latchEvents, latchLimits, type NewLatchedEvent } from "../store/latched-events.ts";
import { type ActivationDecision, type ActivationRequest, type Activator, lacksRoom } from "./activator.ts";
import type { Catalog, RegisteredPipeline } from "./catalog.ts";
import { boundInputs, contextOf } from "./context.ts";
import { type Needs, needsOf, optionsOf } from "./needs.ts";
import { registrationsOf } from "./registrations.ts";

/** How long a key of a source counts: whoever sends an event again does so before that. */
const keyMs = 30 * 24 * 3_600_000;

/** Something happened that a trigger of a pipeline watches for. */
export interface Occurrence {
  readonly pipelineId: string;
  readonly triggerKey: string;
  /** The trigger's context by field: canonical values, a time as `{"$datetime": …}`. */
  readonly fields: Readonly<Record<string, CanonicalValue>>;
  /** The same key activates a pipeline once; null: it is new, which the source has made sure of. */
  readonly dedupeKey: string | null;
  /** Only agents of this host may run it; null: any. */
  readonly host: string | null;
}

/** `waiting`: it is committed, and activates the pipeline together with others, or later. */
export type OccurrenceDecision =
  | ActivationDecision
  | { readonly kind: "waiting" }
  /** Of one that waits or waited: which execution it became part of is not kept. */
  | { readonly kind: "duplicate"; readonly executionId: null };

interface Prepared {
  readonly occurrence: Occurrence;
  readonly request: ActivationRequest;
  readonly activation: NewActivation;
}

interface Known {
  readonly occurrence: Occurrence;
  readonly pipeline: RegisteredPipeline;
  readonly trigger: TriggerRegistration;
  readonly needs: Needs;
}

export class Occurrences {
  readonly #catalog: Catalog;
  readonly #activator: Activator;
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(catalog: Catalog, activator: Activator, database: Database, clock: Clock) {
    this.#catalog = catalog;
    this.#activator = activator;
    this.#database = database;
    this.#clock = clock;
  }

  /** Answers after the commit, in the order of the occurrences. */
  async accept(occurrences: readonly Occurrence[]): Promise<OccurrenceDecision[]> {
    const kept = occurrences.flatMap((one) => this.#toKeep(one) ?? []);
    const decisions = await this.#latch(this.#database, kept);
    return Promise.all(occurrences.map(async (one) => decisions.get(one) ?? this.#activate(one)));
  }

  /**
   * Within a transaction of the source, whose own state changes with it. What is refused is logged and left out; answers
   * those among them that a queue had no room for, which may come again.
   */
  async admit(transaction: Queryable, occurrences: readonly Occurrence[]): Promise<Occurrence[]> {
    const prepared: Prepared[] = [];
    const kept: Known[] = [];
    for (const occurrence of occurrences) {
      const known = this.#toKeep(occurrence);
      if (known !== undefined) kept.push(known);
      else prepared.push(...this.#prepare(occurrence));
    }
    const left = await this.#admit(transaction, prepared);
    await this.#latch(transaction, kept);
    return left;
  }

  /** Undefined where it activates at once, or is refused. */
  #toKeep(occurrence: Occurrence): Known | undefined {
    const known = this.#find(occurrence);
    return known === undefined || known.needs.isDirect || this.isSuspended(known.pipeline) ? undefined : known;
  }

  #find(occurrence: Occurrence): Known | undefined {
    const pipeline = this.#catalog.find(occurrence.pipelineId);
    const trigger = pipeline && registrationsOf(pipeline.plan).find((one) => one.key === occurrence.triggerKey);
    if (pipeline === undefined || trigger === undefined) return undefined;
    return { occurrence, pipeline, trigger, needs: needsOf(pipeline.plan) };
  }

  async #activate(occurrence: Occurrence): Promise<OccurrenceDecision> {
    const [decision] = await this.#activator.activate([this.#request(occurrence)]);
    if (decision === undefined) throw new Error("an event has a decision");
    return decision;
  }

  async #admit(transaction: Queryable, prepared: readonly Prepared[]): Promise<Occurrence[]> {
    if (prepared.length === 0) return [];
    const decisions = await this.#activator.admit(
      transaction,
      prepared.map(({ activation }) => activation),
    );
    return prepared.flatMap(({ occurrence, request }, at) => {
      const decision = decisions[at];
      if (decision?.kind !== "refused") return [];
      this.#activator.note(request, decision);
      return lacksRoom(decision) ? [occurrence] : [];
    });
  }

  #prepare(occurrence: Occurrence): Prepared[] {
    const request = this.#request(occurrence);
    const prepared = this.#activator.prepare(request);
    if (prepared.kind === "prepared") return [{ occurrence, request, activation: prepared.activation }];
    this.#activator.note(request, prepared);
    return [];
  }

  /** Nothing activates it: what a source need not look for. */
  isSuspended(pipeline: RegisteredPipeline): boolean {
    return this.#activator.isSuspended(pipeline);
  }

  #request(occurrence: Occurrence): ActivationRequest {
    const { pipelineId, triggerKey, fields, dedupeKey, host } = occurrence;
    const trigger = this.#find(occurrence)?.trigger;
    return {
      pipelineId,
      triggerName: trigger?.name ?? "",
      triggerKey,
      triggerContext: contextOf(fields),
      inputs: trigger === undefined ? {} : boundInputs(trigger, fields),
      dedupeKey: dedupeKey === null ? null : `${triggerKey}:${dedupeKey}`,
      host,
    };
  }

  async #latch(database: Queryable, kept: readonly Known[]): Promise<Map<Occurrence, OccurrenceDecision>> {
    const decisions = new Map<Occurrence, OccurrenceDecision>();
    if (kept.length === 0) return decisions;
    const now = this.#clock.now();
    const events = kept.map((known) => ({ known, event: eventOf(known, now) }));
    const first = firstOfKeys(events);
    const answers = await latchEvents(
      database,
      new Date(now),
      first.map(({ event }) => event),
    );
    for (const { known, event } of events) {
      decisions.set(known.occurrence, this.#tell(known, event, answers.get(event.eventId) ?? "duplicate"));
    }
    return decisions;
  }

  #tell({ occurrence, trigger }: Known, event: NewLatchedEvent, answer: LatchAnswer): OccurrenceDecision {
    const { pipelineId, triggerKey, fields } = occurrence;
    const logged = { pipelineId, triggerName: trigger.name, triggerKey, triggerContext: contextOf(fields) };
    const key = event.key?.text ?? event.eventId;
    if (answer === "latched") {
      this.#activator.log.note(
        logged,
        "waiting",
        "it is kept until all that the pipeline waits for has come",
        key,
        null,
      );
      return { kind: "waiting" };
    }
    const message =
      answer === "full" ? `${latchLimits.perPipeline} events of the pipeline wait already` : `'${key}' came before`;
    this.#activator.log.note(logged, answer === "full" ? "refused" : "duplicate", message, key, null);
    return answer === "full"
      ? { kind: "refused", code: "pipeline/full", message, field: "" }
      : { kind: "duplicate", executionId: null };
  }
}

/** A key counts for as long as `window` says; where several events are awaited, it says which belong together instead. */
function eventOf({ occurrence, pipeline, trigger, needs }: Known, now: number): NewLatchedEvent {
  const { key, windowMs } = optionsOf(trigger);
  const value = key === undefined ? "" : JSON.stringify(key.map((path) => valueAt(occurrence.fields, path)));
  const isCorrelated = needs.all.filter((need) => need.kind === "event").length > 1;
  const own = key === undefined || isCorrelated ? occurrence.dedupeKey : `key ${value}`;
  const until = new Date(now + (key === undefined || isCorrelated ? keyMs : (windowMs ?? keyMs)));
  return {
    eventId: createExecutionId(),
    shard: shardOfTriggers(splitPipelineId(pipeline.id).namespace),
    pipelineId: pipeline.id,
    triggerKey: trigger.key,
    fields: occurrence.fields,
    host: occurrence.host,
    correlation: isCorrelated ? value : "",
    key: own === null ? null : { text: own, until },
  };
}

function valueAt(fields: Occurrence["fields"], path: string): CanonicalValue {
  let value: CanonicalValue | undefined = fields;
  for (const name of path.split(".")) {
    const inner: CanonicalValue | undefined = value;
    if (inner === null || typeof inner !== "object" || Array.isArray(inner) || !Object.hasOwn(inner, name)) return null;
    value = (inner as Readonly<Record<string, CanonicalValue>>)[name];
  }
  return value ?? null;
}

/** A statement takes a key once: the others of it are duplicates. */
function firstOfKeys<Item extends { readonly event: NewLatchedEvent }>(events: readonly Item[]): readonly Item[] {
  const seen = new Set<string>();
  return events.filter(({ event: { pipelineId, triggerKey, key } }) => {
    if (key === null) return true;
    const name = JSON.stringify([pipelineId, triggerKey, key.text]);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
