/**
 * Whether queues take what comes to them, decided in the transaction that stores it: the queues' states are locked, so that
 * what comes is counted one after the other, over all controllers.
 */
import type { ErrorCode } from "@polyglot/contracts";
import type { RunEstimates } from "../observe/run-estimates.ts";
import { missedDeadline } from "../registry/deadline.ts";
import { isBounded, type QueueDefinition } from "../registry/queue-definition.ts";
import type { QueueRegistry } from "../registry/queue-registry.ts";
import { buried, cancelled } from "../registry/waiting-end.ts";
import { findFirstExecutions, type NewActivation } from "../store/activations.ts";
import type { Queryable } from "../store/database.ts";
import { endWaiting, readOldest, type WaitingEnd } from "../store/ended-waiting.ts";
import { countWaiting, lockQueues, pressQueues } from "../store/queue-states.ts";

export type Verdict =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string; readonly field: string };

/** What a queue holds, as far as it matters, with what the transaction has taken so far. */
interface Room {
  readonly definition: QueueDefinition;
  readonly isDraining: boolean;
  isPressed: boolean;
  readonly wasPressed: boolean;
  waiting: number;
  dropped: number;
}

const taken: Verdict = { kind: "taken" };

export class BoundedAdmission {
  readonly #transaction: Queryable;
  readonly #registry: QueueRegistry;
  readonly #estimates: RunEstimates;
  readonly #nowMs: number;
  #rooms: ReadonlyMap<string, Room> = new Map();
  readonly #buried: WaitingEnd[] = [];

  constructor(transaction: Queryable, registry: QueueRegistry, estimates: RunEstimates, nowMs: number) {
    this.#transaction = transaction;
    this.#registry = registry;
    this.#estimates = estimates;
    this.#nowMs = nowMs;
  }

  /** In the order of the activations. Those of a key that was used before are taken: they are doubles, and take no room. */
  async decide(activations: readonly NewActivation[]): Promise<Verdict[]> {
    this.#rooms = await this.#readRooms(activations);
    await this.#estimates.load(activations.flatMap((one) => (one.place?.deadlineAt == null ? [] : one.pipelineId)));
    const doubles = await this.#doublesOf(activations);
    return activations.map((one) => (doubles.has(one.activationId) ? taken : this.#verdict(one)));
  }

  /** After what is taken is stored: ends what has no room, and says of queues that they are pressed. */
  async settle(): Promise<void> {
    const now = new Date(this.#nowMs);
    const dropped = await Promise.all([...this.#rooms.values()].map((room) => this.#dropOldest(room)));
    const ends = [...this.#buried, ...dropped.flat()];
    if (ends.length > 0) await endWaiting(this.#transaction, ends, now);
    const pressed = [...this.#rooms.values()].filter((room) => room.isPressed && !room.wasPressed);
    const names = pressed.map(({ definition }) => definition.name);
    if (names.length > 0) await pressQueues(this.#transaction, names, true, now);
  }

  async #readRooms(activations: readonly NewActivation[]): Promise<ReadonlyMap<string, Room>> {
    const names = [...new Set(activations.map((one) => one.queue))];
    const bounded = names.map((name) => this.#registry.of(name)).filter(isBounded);
    if (bounded.length === 0) return new Map();
    const asked = bounded.map((definition) => ({ queue: definition.name, atMost: mostOf(definition) + 1 }));
    const states = await lockQueues(
      this.#transaction,
      asked.map(({ queue }) => queue),
      new Date(this.#nowMs),
    );
    const stateOf = new Map(states.map((state) => [state.queue, state]));
    const waiting = await countWaiting(this.#transaction, asked);
    return new Map(
      bounded.map((definition) => {
        const state = stateOf.get(definition.name);
        const isPressed = definition.backpressure !== undefined && state?.pressed === true;
        const isDraining = state?.draining === true;
        const count = waiting.get(definition.name) ?? 0;
        return [
          definition.name,
          { definition, isDraining, isPressed, wasPressed: isPressed, waiting: count, dropped: 0 },
        ];
      }),
    );
  }

  async #doublesOf(activations: readonly NewActivation[]): Promise<ReadonlySet<string>> {
    const keyed = activations.flatMap(({ pipelineId, dedupeKey }) =>
      dedupeKey === null ? [] : [{ pipelineId, dedupeKey }],
    );
    if (keyed.length === 0) return new Set();
    const seen = new Set((await findFirstExecutions(this.#transaction, keyed)).keys());
    const doubles = new Set<string>();
    for (const { activationId, pipelineId, dedupeKey } of activations) {
      const key = `${pipelineId}\n${dedupeKey}`;
      if (dedupeKey !== null && seen.has(key)) doubles.add(activationId);
      seen.add(key);
    }
    return doubles;
  }

  #verdict(activation: NewActivation): Verdict {
    const missed = this.#missed(activation);
    if (missed !== undefined) return missed;
    const room = this.#rooms.get(activation.queue);
    if (room === undefined) return taken;
    const { definition } = room;
    const { name, spec, backpressure } = definition;
    if (room.isDraining) return refused("queue/draining", `the queue '${name}' is being drained and takes nothing new`);
    if (room.isPressed) return refused("queue/pressed", pressedMessage(definition));
    if (spec.maxSize !== undefined && room.waiting >= spec.maxSize) return this.#overflow(activation, room);
    room.waiting += 1;
    room.isPressed = backpressure !== undefined && room.waiting >= backpressure.high;
    return taken;
  }

  #overflow(activation: NewActivation, room: Room): Verdict {
    const { name, spec } = room.definition;
    const message = `the queue '${name}' holds ${room.waiting} executions, as many as it may`;
    if (spec.overflow === "reject") return refused("queue/full", message);
    if (spec.overflow === "dead-letter") this.#buried.push(buried(idsOf(activation), "queue_full", message));
    else room.dropped += 1;
    return taken;
  }

  /** A deadline that cannot be met: refused, or stored as the dead letter that it is, as the queue says. */
  #missed(activation: NewActivation): Verdict | undefined {
    const deadlineAt = activation.place?.deadlineAt;
    const unmeetable = this.#registry.of(activation.queue).spec.deadline?.unmeetable ?? "dead-letter";
    if (deadlineAt == null || unmeetable === "run") return undefined;
    const estimate = this.#estimates.get(activation.pipelineId);
    const message = missedDeadline(deadlineAt.getTime(), this.#nowMs, estimate);
    if (message === undefined) return undefined;
    if (unmeetable === "reject") return refused("queue/deadline", message);
    this.#buried.push(buried(idsOf(activation), "deadline_missed", message));
    return taken;
  }

  /** They are the ones that came first, the new ones too where there are more of them than fit. */
  async #dropOldest({ definition, dropped }: Room): Promise<WaitingEnd[]> {
    if (dropped === 0) return [];
    const message = `newer executions came to the queue '${definition.name}', which holds ${definition.spec.maxSize} at most`;
    const oldest = await readOldest(this.#transaction, definition.name, dropped);
    return oldest.map(({ execution_id, pipeline_id }) =>
      cancelled({ executionId: execution_id, pipelineId: pipeline_id }, message),
    );
  }
}

const mostOf = ({ spec, backpressure }: QueueDefinition): number =>
  Math.max(spec.maxSize ?? 0, backpressure?.high ?? 0);

const idsOf = ({ activationId, pipelineId }: NewActivation) => ({ executionId: activationId, pipelineId });

const refused = (code: ErrorCode, message: string): Verdict => ({ kind: "refused", code, message, field: "" });

export const pressedMessage = ({ name, backpressure }: QueueDefinition): string =>
  `the queue '${name}' reached ${backpressure?.high} waiting executions; it takes more once ${backpressure?.low} are left`;
