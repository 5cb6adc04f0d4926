/**
 * The one way from what happened outside to activations, for every kind of event trigger: files, schedules, requests,
 * messages. A source says what happened, with the context of its trigger; what goes into which input is the plan's.
 */
import type { CanonicalValue, TriggerRegistration } from "@polyglot/contracts";
import { insertActivations, type NewActivation } from "../store/activations.ts";
import type { Queryable } from "../store/database.ts";
import type { ActivationDecision, ActivationRequest, Activator } from "./activator.ts";
import type { Catalog, RegisteredPipeline } from "./catalog.ts";
import { registrationsOf } from "./registrations.ts";

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

export class Occurrences {
  readonly #catalog: Catalog;
  readonly #activator: Activator;

  constructor(catalog: Catalog, activator: Activator) {
    this.#catalog = catalog;
    this.#activator = activator;
  }

  /** Answers after the commit, in the order of the occurrences. */
  async accept(occurrences: readonly Occurrence[]): Promise<ActivationDecision[]> {
    return this.#activator.activate(occurrences.map((one) => this.#request(one)));
  }

  /** Within a transaction of the source, whose own state changes with it. What is refused is logged and left out. */
  async admit(transaction: Queryable, occurrences: readonly Occurrence[]): Promise<void> {
    const activations: NewActivation[] = [];
    for (const occurrence of occurrences) {
      const request = this.#request(occurrence);
      const prepared = this.#activator.prepare(request);
      if (prepared.kind === "prepared") activations.push(prepared.activation);
      else this.#activator.note(request, prepared);
    }
    if (activations.length > 0) await insertActivations(transaction, activations);
  }

  /** Nothing activates it: what a source need not look for. */
  isSuspended(pipeline: RegisteredPipeline): boolean {
    return this.#activator.isSuspended(pipeline);
  }

  #request(occurrence: Occurrence): ActivationRequest {
    const { pipelineId, triggerKey, fields, dedupeKey, host } = occurrence;
    const pipeline = this.#catalog.find(pipelineId);
    const trigger = pipeline && registrationsOf(pipeline.plan).find((one) => one.key === triggerKey);
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
}

function boundInputs(trigger: TriggerRegistration, fields: Occurrence["fields"]): ActivationRequest["inputs"] {
  const bound = trigger.bindings.flatMap(({ field, input }) => {
    const value = fields[field];
    return value === undefined ? [] : [[input, value] as const];
  });
  return Object.fromEntries(bound);
}

/** The context names its time as every activation event does, as text; an input takes it as the datetime it is. */
function contextOf(fields: Occurrence["fields"]): Occurrence["fields"] {
  const { timestamp } = fields;
  if (timestamp === null || typeof timestamp !== "object" || !("$datetime" in timestamp)) return fields;
  return { ...fields, timestamp: timestamp["$datetime"] ?? null };
}
