/** The accounts of those who share queues, with the places that they have; and as the store keeps them: as meters. */
import { type QueueDefinition, weightOf } from "../registry/queue-definition.ts";
import type { MeterReading } from "../store/queue-meters.ts";
import { ShareAccount } from "./share-account.ts";
import { shareScope, type SlotLedger } from "./slot-ledger.ts";

/** What the order of one queue asks. */
export interface ShareView {
  /** The queue's virtual time. */
  readonly now: number;
  timeOf(share: string): number;
  /** How many of it run or begin to. */
  running(share: string): number;
}

interface Shared {
  readonly queue: string;
  readonly shareKey: string | null;
}

const limits = {
  /** Starts of a queue after which it forgets shares that it has caught up with. */
  pruneStarts: 10_000,
} as const;

const queueMeter = "share";
const meterOf = (share: string): string => `share\n${share}`;

export class ShareBook {
  readonly #slots: Pick<SlotLedger, "used">;
  readonly #accounts = new Map<string, ShareAccount>();
  #starts = 0;

  constructor(slots: Pick<SlotLedger, "used">) {
    this.#slots = slots;
  }

  view(queue: string): ShareView {
    const account = this.#accountOf(queue);
    const running = (share: string) => this.#slots.used(shareScope(queue, share));
    return {
      get now() {
        return account.now;
      },
      timeOf: (share) => account.timeOf(share),
      running,
    };
  }

  start({ queue, shareKey }: Shared, definition: QueueDefinition): void {
    if (definition.fairShare === undefined) return;
    const share = shareKey ?? "";
    this.#accountOf(queue).start(share, weightOf(definition, share));
    this.#starts += 1;
    if (this.#starts % limits.pruneStarts === 0) for (const account of this.#accounts.values()) account.prune();
  }

  refund({ queue, shareKey }: Shared, definition: QueueDefinition): void {
    if (definition.fairShare === undefined) return;
    const share = shareKey ?? "";
    this.#accountOf(queue).refund(share, weightOf(definition, share));
  }

  /** What a start turned. */
  readings({ queue, shareKey }: Shared, definition: QueueDefinition): MeterReading[] {
    if (definition.fairShare === undefined) return [];
    const account = this.#accountOf(queue);
    const share = shareKey ?? "";
    return [
      { queue, meter: queueMeter, value: account.now },
      { queue, meter: meterOf(share), value: account.timeOf(share) },
    ];
  }

  load(readings: readonly MeterReading[]): void {
    for (const { queue, meter, value } of readings) {
      if (meter === queueMeter) this.#accountOf(queue).raise(undefined, value);
      else if (meter.startsWith(meterOf(""))) this.#accountOf(queue).raise(meter.slice(meterOf("").length), value);
    }
  }

  #accountOf(queue: string): ShareAccount {
    const known = this.#accounts.get(queue) ?? new ShareAccount();
    this.#accounts.set(queue, known);
    return known;
  }
}
