/** Whether an execution may start now, by the limits of its queue: places, and rates. Hosts are the dispatcher's matter. */
import type { Clock } from "@polyglot/service";
import type { QueueDefinition, Rate } from "../registry/queue-definition.ts";
import type { MeterReading } from "../store/queue-meters.ts";
import type { WaitingExecution } from "../store/waiting.ts";
import { Meters } from "./meters.ts";
import { keyScope, pipelineScope, queueScope, type SlotLedger, type SlotUser } from "./slot-ledger.ts";

interface RateInForce {
  readonly meter: string;
  readonly rate: Rate;
}

const throttleMeter = "throttle";
const rateMeter = (key: string | null): string => (key === null ? "rate" : `rate\n${key}`);

export const pipelineGate = (pipelineId: string): string => `pipeline\n${pipelineId}`;
export const keyGate = (key: string): string => `key\n${key}`;
export const rateGate = (key: string): string => `rate\n${key}`;

export class StartGates {
  readonly #slots: SlotLedger;
  readonly #clock: Clock;
  readonly #meters = new Map<string, Meters>();

  constructor(slots: SlotLedger, clock: Clock) {
    this.#slots = slots;
    this.#clock = clock;
  }

  /** Whether anything may leave the queue. */
  isOpen(definition: QueueDefinition): boolean {
    if (definition.isPaused) return false;
    const max = definition.spec.concurrency?.max;
    if (max !== undefined && this.#slots.used(queueScope(definition.name)) >= max) return false;
    return queueRates(definition).every((one) => this.#isOpenAt(definition.name, one));
  }

  /** The gate at which it has to wait; undefined: none. */
  gateOf(execution: WaitingExecution, definition: QueueDefinition): string | undefined {
    const { concurrency } = definition.spec;
    const { queue, pipelineId, concurrencyKey, rateKey } = execution;
    const pipeline = pipelineScope(queue, pipelineId);
    if (isFull(this.#slots, pipeline, concurrency?.perPipeline)) return pipelineGate(pipelineId);
    if (concurrencyKey !== null && isFull(this.#slots, keyScope(queue, concurrencyKey), concurrency?.perKey?.max))
      return keyGate(concurrencyKey);
    if (rateKey === null) return undefined;
    return keyRates(definition, rateKey).every((one) => this.#isOpenAt(queue, one)) ? undefined : rateGate(rateKey);
  }

  /** It starts: it has its places, and counts for the rates. */
  enter(execution: WaitingExecution, definition: QueueDefinition): void {
    this.#slots.take(execution);
    const nowMs = this.#clock.now();
    for (const { meter, rate } of ratesOf(definition, execution))
      this.#metersOf(definition.name).spend(meter, rate, nowMs);
  }

  /** It did not start. Answers whether it had its places. */
  leave(execution: WaitingExecution, definition: QueueDefinition): SlotUser | undefined {
    for (const { meter, rate } of ratesOf(definition, execution)) this.#metersOf(definition.name).refund(meter, rate);
    return this.#slots.give(execution.executionId);
  }

  /** The meters that a start turned, for the store to keep. */
  readings(execution: WaitingExecution, definition: QueueDefinition): MeterReading[] {
    const queue = definition.name;
    return ratesOf(definition, execution).map(({ meter }) => ({
      queue,
      meter,
      value: this.#metersOf(queue).get(meter) ?? 0,
    }));
  }

  load(readings: readonly MeterReading[]): void {
    this.#meters.clear();
    for (const { queue, meter, value } of readings) this.#metersOf(queue).set(meter, value);
  }

  /** When a rate lets the next one leave; undefined where none holds the queue up now. */
  opensAtMs(definition: QueueDefinition): number | undefined {
    const times = queueRates(definition).map(({ meter, rate }) =>
      this.#metersOf(definition.name).opensAtMs(meter, rate),
    );
    const latest = Math.max(...times);
    return latest > this.#clock.now() ? latest : undefined;
  }

  /** As `opensAtMs`, of a gate at which some of the queue wait. */
  gateOpensAtMs(definition: QueueDefinition, gate: string): number | undefined {
    if (!gate.startsWith("rate\n")) return undefined;
    const times = keyRates(definition, gate.slice("rate\n".length)).map(({ meter, rate }) =>
      this.#metersOf(definition.name).opensAtMs(meter, rate),
    );
    return Math.max(...times, Number.NEGATIVE_INFINITY);
  }

  #isOpenAt(queue: string, { meter, rate }: RateInForce): boolean {
    return this.#metersOf(queue).opensAtMs(meter, rate) <= this.#clock.now();
  }

  #metersOf(queue: string): Meters {
    const known = this.#meters.get(queue) ?? new Meters();
    this.#meters.set(queue, known);
    return known;
  }
}

const isFull = (slots: SlotLedger, scope: string, max: number | undefined): boolean =>
  max !== undefined && slots.used(scope) >= max;

const ratesOf = (definition: QueueDefinition, { rateKey }: WaitingExecution): RateInForce[] => [
  ...queueRates(definition),
  ...(rateKey === null ? [] : keyRates(definition, rateKey)),
];

/** Rates that hold up the whole queue. */
function queueRates({ rate, throttle }: QueueDefinition): RateInForce[] {
  if (rate === undefined && throttle === undefined) return noRates;
  return [
    ...(throttle === undefined ? [] : [{ meter: throttleMeter, rate: throttle }]),
    ...(rate === undefined || rate.key !== undefined ? [] : [{ meter: rateMeter(null), rate }]),
  ];
}

/** Rates that hold up those of one key. */
const keyRates = ({ rate }: QueueDefinition, key: string): RateInForce[] =>
  rate?.key === undefined ? noRates : [{ meter: rateMeter(key), rate }];

const noRates: RateInForce[] = [];
