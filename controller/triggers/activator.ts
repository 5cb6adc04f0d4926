/** From occurrences to activations: the durable row comes first, the answer after it. */
import {
  type CanonicalValue,
  checkInputs,
  createExecutionId,
  defaults,
  type ErrorCode,
  type ExecutionId,
  type InputProblem,
  type PlanInput,
} from "@polyglot/contracts";
import { type Clock, GroupCommit } from "@polyglot/service";
import { shardOfQueue } from "../leader/shard-names.ts";
import { findFirstExecutions, insertActivations, type NewActivation } from "../store/activations.ts";
import { RunEstimates } from "../observe/run-estimates.ts";
import { isBounded } from "../registry/queue-definition.ts";
import type { Database, Queryable } from "../store/database.ts";
import { BoundedAdmission, pressedMessage } from "./bounded-admission.ts";
import type { CallingAttempt } from "../store/pipeline-state.ts";
import type { EffectiveSettings } from "../policies/effective-settings.ts";
import type { Policies } from "../policies/policy-book.ts";
import type { ActivationLog } from "./activation-log.ts";
import { placeOf } from "../registry/queue-place.ts";
import type { QueueRegistry } from "../registry/queue-registry.ts";
import type { Catalog, RegisteredPipeline } from "./catalog.ts";

/** Two commits at once: one is flushed while the next one is written. */
const groupLimits = { maxItems: 500, maxConcurrent: 2 } as const;

/** Something happened that starts a pipeline. */
export interface ActivationRequest {
  readonly pipelineId: string;
  readonly triggerName: string;
  readonly triggerKey: string | null;
  readonly triggerContext: Readonly<Record<string, CanonicalValue>>;
  readonly inputs: Readonly<Record<string, CanonicalValue>>;
  /** The same key activates a pipeline once; null: the event is new. */
  readonly dedupeKey: string | null;
  /** Only agents of this host may run it; null: any. */
  readonly host: string | null;
  /** The attempt whose step made it; it is refused once that one does not run any more. */
  readonly parent?: CallingAttempt;
}

export type ActivationDecision =
  | { readonly kind: "activated" | "duplicate"; readonly executionId: ExecutionId }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string; readonly field: string };

export class Activator {
  readonly #catalog: Catalog;
  readonly #policies: Policies;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly log: Pick<ActivationLog, "note">;
  readonly #registry: QueueRegistry;
  readonly #estimates: RunEstimates;
  readonly #onEnqueued: (activation: NewActivation) => void;
  readonly #commits: GroupCommit<NewActivation, ActivationDecision>;
  readonly #limited: GroupCommit<NewActivation, ActivationDecision>;

  constructor(
    catalog: Catalog,
    policies: Policies,
    registry: QueueRegistry,
    database: Database,
    clock: Clock,
    log: Pick<ActivationLog, "note">,
    onEnqueued: (activation: NewActivation) => void = () => undefined,
  ) {
    this.log = log;
    this.#onEnqueued = onEnqueued;
    this.#registry = registry;
    this.#catalog = catalog;
    this.#policies = policies;
    this.#database = database;
    this.#clock = clock;
    this.#estimates = new RunEstimates(database, clock);
    this.#commits = new GroupCommit((activations) => this.#insert(this.#database, activations), groupLimits);
    this.#limited = new GroupCommit(
      (activations) => this.#database.transaction((transaction) => this.admit(transaction, activations)),
      { ...groupLimits, maxConcurrent: 1 },
    );
  }

  /** Activations that wait for their commit. */
  get waiting(): number {
    return this.#commits.waiting + this.#limited.waiting;
  }

  /** Answers after the commit, in the order of the events. A refused event does not hold up the others. */
  activate(events: readonly ActivationRequest[]): Promise<ActivationDecision[]> {
    return Promise.all(
      events.map(async (event) => {
        const decision = await this.#decide(event);
        this.note(event, decision);
        return decision;
      }),
    );
  }

  async #decide(event: ActivationRequest): Promise<ActivationDecision> {
    const prepared = this.prepare(event);
    return prepared.kind === "refused" ? prepared : this.#commitsTo(prepared.activation).add(prepared.activation);
  }

  /** What comes to a queue with a limit is counted one after the other, and holds up nothing that goes elsewhere. */
  #commitsTo({ queue, place }: NewActivation): GroupCommit<NewActivation, ActivationDecision> {
    const isLimited = isBounded(this.#registry.of(queue)) || place?.deadlineAt != null;
    return isLimited ? this.#limited : this.#commits;
  }

  /** As far as their queues take them, within a transaction of the caller's. Answers the decisions in order. */
  async admit(transaction: Queryable, activations: readonly NewActivation[]): Promise<ActivationDecision[]> {
    const isPlain = activations.every((one) => this.#commitsTo(one) === this.#commits);
    if (isPlain) return this.#insert(transaction, activations);
    const admission = new BoundedAdmission(transaction, this.#registry, this.#estimates, this.#clock.now());
    const verdicts = await admission.decide(activations);
    const taken = activations.filter((_, at) => verdicts[at]?.kind !== "refused");
    const decisions = await this.#insert(transaction, taken);
    await admission.settle();
    let next = 0;
    return verdicts.map((verdict) => {
      if (verdict.kind === "refused") return verdict;
      const decision = decisions[next];
      next += 1;
      if (decision === undefined) throw new Error("what is taken has a decision");
      return decision;
    });
  }

  /** Tells of an event that activated nothing. */
  note(event: ActivationRequest, decision: ActivationDecision): void {
    if (decision.kind === "activated") return;
    const key = event.dedupeKey ?? "";
    if (decision.kind === "refused") this.log.note(event, "refused", decision.message, key, null);
    else this.log.note(event, "duplicate", `'${key}' came before`, key, decision.executionId);
  }

  /** Pins an event to the plan that is registered now, or says what is wrong with it. */
  prepare(event: ActivationRequest): { kind: "prepared"; activation: NewActivation } | Refusal {
    const pipeline = this.#catalog.find(event.pipelineId);
    if (pipeline === undefined) return refusal("pipeline/unknown", `no pipeline '${event.pipelineId}' is registered`);
    const settings = this.#policies.of(pipeline);
    if (this.#policies.of(pipeline).get("suspend") === true) return suspended(pipeline, settings);
    const definition = this.#registry.of(settings.get("queue") ?? defaults.queue);
    if (definition.isPressed) return refusal("queue/pressed", pressedMessage(definition));
    const declared = pipeline.plan.inputs;
    const { inputs, problems } = checkInputs(declared, withConfigured(declared, event.inputs, settings));
    if (problems.length > 0) return refusalOfInputs(problems, event.inputs, settings);
    return { kind: "prepared", activation: this.#pin(event, pipeline, inputs, settings) };
  }

  /** Nothing activates it: a person said so, or its queue takes nothing for now. */
  isSuspended(pipeline: RegisteredPipeline): boolean {
    const settings = this.#policies.of(pipeline);
    const { isPressed, isDraining } = this.#registry.of(settings.get("queue") ?? defaults.queue);
    return settings.get("suspend") === true || isPressed || isDraining;
  }

  /** Where its executions wait. */
  queueOf(pipeline: RegisteredPipeline): string {
    return this.#policies.of(pipeline).get("queue") ?? defaults.queue;
  }

  async drain(): Promise<void> {
    await Promise.all([this.#commits.drain(), this.#limited.drain()]);
  }

  #pin(
    event: ActivationRequest,
    pipeline: RegisteredPipeline,
    inputs: ActivationRequest["inputs"],
    settings: EffectiveSettings,
  ): NewActivation {
    const queue = this.queueOf(pipeline);
    const priority = settings.get("priority") ?? 0;
    const atMs = this.#clock.now();
    return {
      activationId: createExecutionId(),
      pipelineId: pipeline.id,
      dedupeKey: event.dedupeKey,
      triggerName: event.triggerName,
      triggerKey: event.triggerKey,
      triggerContext: event.triggerContext,
      inputs,
      revision: pipeline.revision,
      planDigest: pipeline.digest,
      queue,
      shard: shardOfQueue(queue),
      priority,
      place: placeOf(this.#registry.of(queue), pipeline.plan.queue, {
        ...{ pipelineId: pipeline.id, priority, inputs, atMs },
      }),
      host: event.host,
      maxAttempts: this.#maxAttempts(queue, settings),
      at: new Date(atMs),
      ...(event.parent === undefined ? {} : { parent: event.parent }),
    };
  }

  /** What nobody says of the pipeline is its queue's to say. */
  #maxAttempts(queue: string, settings: EffectiveSettings): number {
    const isSaid = settings.sourceOf("retry.maxAttempts") !== "default";
    const own = isSaid ? settings.get("retry.maxAttempts") : undefined;
    return own ?? this.#registry.of(queue).retry?.max_attempts ?? defaults.maxAttempts;
  }

  async #insert(database: Queryable, activations: readonly NewActivation[]): Promise<ActivationDecision[]> {
    const fresh = await insertActivations(database, activations);
    const doubles = activations.filter((one) => !fresh.has(one.activationId));
    const first =
      doubles.length === 0
        ? new Map<string, ExecutionId>()
        : await findFirstExecutions(
            database,
            doubles.map((one) => ({ pipelineId: one.pipelineId, dedupeKey: one.dedupeKey ?? "" })),
          );
    return activations.map((one) => {
      if (fresh.has(one.activationId)) {
        this.#onEnqueued(one);
        return { kind: "activated", executionId: one.activationId };
      }
      const executionId = first.get(`${one.pipelineId}\n${one.dedupeKey}`);
      if (executionId === undefined && one.parent !== undefined) return staleParent(one.parent);
      if (executionId === undefined)
        throw new Error(`activation ${one.activationId} was neither stored nor a duplicate`);
      return { kind: "duplicate", executionId };
    });
  }
}

type Refusal = Extract<ActivationDecision, { kind: "refused" }>;

/** What is refused for now, and may come again. */
export const lacksRoom = ({ code }: Pick<Refusal, "code">): boolean =>
  code === "queue/full" || code === "queue/pressed" || code === "queue/draining";

const refusal = (code: ErrorCode, message: string, field = ""): Refusal => ({ kind: "refused", code, message, field });

const staleParent = ({ executionId, attemptNo }: CallingAttempt): Refusal =>
  refusal("attempt/stale", `attempt ${attemptNo} of execution ${executionId} does not run any more`);

const suspended = ({ id }: RegisteredPipeline, settings: EffectiveSettings): Refusal =>
  refusal("pipeline/suspended", `${id} is suspended by ${settings.sourceOf("suspend")}: nothing activates it for now`);

/** A configuration may be about many pipelines: what it says of inputs that this one lacks is for others. */
function withConfigured(
  declared: readonly PlanInput[],
  given: ActivationRequest["inputs"],
  { inputs }: EffectiveSettings,
): ActivationRequest["inputs"] {
  if (inputs.size === 0) return given;
  const configured = declared.flatMap(({ name }) => {
    const found = inputs.get(name);
    return found === undefined ? [] : [[name, found.value] as const];
  });
  return { ...Object.fromEntries(configured), ...given };
}

function refusalOfInputs(
  problems: readonly InputProblem[],
  given: ActivationRequest["inputs"],
  { inputs }: EffectiveSettings,
): Refusal {
  const [first] = problems;
  if (first === undefined) throw new Error("a refusal needs a problem");
  const said = problems.map(({ input, message }) => {
    const source = Object.hasOwn(given, input) ? undefined : inputs.get(input)?.source;
    return source === undefined ? message : `${message} (from ${source})`;
  });
  return refusal(first.code, said.join("; "), first.input);
}
