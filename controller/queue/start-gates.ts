/** Whether an execution may start now, by the limits of its queue: places, and rates. Hosts are the dispatcher's matter. */
import type { QueueConfiguration } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { QueueDefinition, Rate } from "../registry/queue-definition.ts";
import type { MeterReading } from "../store/queue-meters.ts";
import type { WaitingExecution } from "../store/waiting.ts";
import { Meters } from "./meters.ts";
import { ShareBook, type ShareView } from "./share-book.ts";
import { keyScope, pipelineScope, queueScope, type SlotLedger, type SlotUser } from "./slot-ledger.ts";

export interface RateInForce {
  readonly meter: string;
  readonly rate: Rate;
}

const throttleMeter = "throttle";
const rateMeter = (key: string | null): string => (key === null ? "rate" : `rate\n${key}`);

export const pipelineGate = (pipelineId: string): string => `pipeline\n${pipelineId}`;
export const keyGate = (key: string): string => `key\n${key}`;
export const paceGate = (pipelineId: string): string => `pace\n${pipelineId}`;
export const rateGate = (key: string): string => `rate\n${key}`;

export class StartGates {
  readonly #slots: SlotLedger;
  readonly #linesOf: (execution: WaitingExecution) => QueueConfiguration | undefined;
  readonly #clock: Clock;
  readonly #meters = new Map<string, Meters>();
  readonly #shares: ShareBook;

  /** `linesOf`: what the pipeline's own lines say. */
  constructor(
    slots: SlotLedger,
    linesOf: (execution: WaitingExecution) => QueueConfiguration | undefined,
    clock: Clock,
  ) {
    this.#slots = slots;
    this.#linesOf = linesOf;
    this.#clock = clock;
    this.#shares = new ShareBook(slots);
  }

  /** What those who share a queue have had. */
  sharesOf(queue: string): ShareView {
    return this.#shares.view(queue);
  }

  /** Whether anything may leave the queue. */
  isOpen(definition: QueueDefinition): boolean {
    if (definition.isPaused) return false;
    const max = definition.spec.concurrency?.max;
    if (max !== undefined && this.#slots.used(queueScope(definition.name)) >= max) return false;
    return this.#areOpen(definition.name, queueRates(definition));
  }

  /** The gate at which it has to wait; undefined: none. */
  gateOf(execution: WaitingExecution, definition: QueueDefinition): string | undefined {
    const { concurrency } = definition.spec;
    const { queue, pipelineId, concurrencyKey, rateKey } = execution;
    const lines = this.#linesOf(execution);
    const most = Math.min(concurrency?.perPipeline ?? Infinity, lines?.concurrency?.max ?? Infinity);
    if (this.#slots.used(pipelineScope(queue, pipelineId)) >= most) return pipelineGate(pipelineId);
    // The pipeline's own key, where it has one, is the key that the execution has.
    const mostOfKey = lines?.concurrency?.per_key?.max ?? concurrency?.perKey?.max ?? Infinity;
    if (concurrencyKey !== null && this.#slots.used(keyScope(queue, concurrencyKey)) >= mostOfKey)
      return keyGate(concurrencyKey);
    if (!this.#areOpen(queue, ownRates(pipelineId, lines))) return paceGate(pipelineId);
    return rateKey === null || this.#areOpen(queue, keyRates(definition, rateKey)) ? undefined : rateGate(rateKey);
  }

  /** It starts: it has its places, and counts for the rates. */
  enter(execution: WaitingExecution, definition: QueueDefinition): void {
    this.#slots.take(execution);
    this.#shares.start(execution, definition);
    const nowMs = this.#clock.now();
    for (const { meter, rate } of this.#ratesOf(execution, definition))
      this.#metersOf(definition.name).spend(meter, rate, nowMs);
  }

  /** It did not start. Answers whether it had its places. */
  leave(execution: WaitingExecution, definition: QueueDefinition): SlotUser | undefined {
    this.#shares.refund(execution, definition);
    for (const { meter, rate } of this.#ratesOf(execution, definition))
      this.#metersOf(definition.name).refund(meter, rate);
    return this.#slots.give(execution.executionId);
  }

  /** The meters that a start turned, for the store to keep. */
  readings(execution: WaitingExecution, definition: QueueDefinition): MeterReading[] {
    const queue = definition.name;
    const rates = this.#ratesOf(execution, definition).map(({ meter }) => ({
      queue,
      meter,
      value: this.#metersOf(queue).get(meter) ?? 0,
    }));
    return [...rates, ...this.#shares.readings(execution, definition)];
  }

  /** Never back: a claim that turned a meter may be on its way to the store. */
  load(readings: readonly MeterReading[]): void {
    for (const { queue, meter, value } of readings) this.#metersOf(queue).raise(meter, value);
    this.#shares.load(readings);
  }

  /** When a rate lets the next one leave; undefined where none holds the queue up now. */
  opensAtMs(definition: QueueDefinition): number | undefined {
    const latest = this.#opensAtMs(definition.name, queueRates(definition));
    return latest > this.#clock.now() ? latest : undefined;
  }

  /** As `opensAtMs`, of a gate at which some of the queue wait. */
  gateOpensAtMs(gate: string, execution: WaitingExecution, definition: QueueDefinition): number | undefined {
    const isTimed = gate.startsWith("rate\n") || gate.startsWith("pace\n");
    return isTimed ? this.#opensAtMs(definition.name, this.#ratesOf(execution, definition)) : undefined;
  }

  #areOpen(queue: string, rates: readonly RateInForce[]): boolean {
    if (rates.length === 0) return true;
    return this.#opensAtMs(queue, rates) <= this.#clock.now();
  }

  #opensAtMs(queue: string, rates: readonly RateInForce[]): number {
    const meters = this.#metersOf(queue);
    return rates.reduce((latest, { meter, rate }) => Math.max(latest, meters.opensAtMs(meter, rate)), -Infinity);
  }

  #ratesOf(execution: WaitingExecution, definition: QueueDefinition): RateInForce[] {
    const { pipelineId, rateKey } = execution;
    const own = ownRates(pipelineId, this.#linesOf(execution));
    return [...queueRates(definition), ...own, ...(rateKey === null ? [] : keyRates(definition, rateKey))];
  }

  #metersOf(queue: string): Meters {
    const known = this.#meters.get(queue) ?? new Meters();
    this.#meters.set(queue, known);
    return known;
  }
}

/** Rates that hold up the whole queue. */
export function queueRates({ rate, throttle }: QueueDefinition): RateInForce[] {
  if (rate === undefined && throttle === undefined) return noRates;
  return [
    ...(throttle === undefined ? [] : [{ meter: throttleMeter, rate: throttle }]),
    ...(rate === undefined || rate.key !== undefined ? [] : [{ meter: rateMeter(null), rate }]),
  ];
}

/** Rates that hold up those of one key. */
export const keyRates = ({ rate }: QueueDefinition, key: string): RateInForce[] =>
  rate?.key === undefined ? noRates : [{ meter: rateMeter(key), rate }];

/** Rates of the pipeline's own lines. */
export function ownRates(pipelineId: string, lines: QueueConfiguration | undefined): RateInForce[] {
  if (lines?.rate === undefined && lines?.throttle_seconds === undefined) return noRates;
  const { rate, throttle_seconds: throttle } = lines;
  const limit = rate && { limit: rate.limit, periodMs: rate.period_seconds * 1_000, burst: rate.limit };
  return [
    ...(limit === undefined ? [] : [{ meter: `pipeline rate\n${pipelineId}`, rate: limit }]),
    ...(throttle === undefined
      ? []
      : [{ meter: `pipeline throttle\n${pipelineId}`, rate: { limit: 1, periodMs: throttle * 1_000, burst: 1 } }]),
  ];
}

const noRates: RateInForce[] = [];
