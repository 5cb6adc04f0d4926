/**
 * For tests: what a queue does, said as plainly as possible. Everything is looked at anew at each start: no heaps, no gates,
 * no memory beside the rows. What the queue manager does must be the same.
 */
import type { QueueSpec } from "@polyglot/contracts";

export interface Item {
  readonly id: string;
  readonly sequence: number;
  readonly pipeline: string;
  readonly who: string;
  readonly enqueuedAtMs: number;
  readonly deadlineAtMs: number;
  priority: number;
  dueAtMs: number;
  attemptNo: number;
  state: "waiting" | "running" | "ended";
}

interface Rate {
  readonly meter: string;
  readonly everyMs: number;
  readonly burst: number;
}

const seconds = (text: string | undefined): number => Number((text ?? "0").replace("s", "")) * 1_000;

export class ReferenceQueue {
  readonly #spec: QueueSpec;
  readonly items: Item[] = [];
  nowMs: number;
  credits = 0;
  isPaused = false;
  /** Of rates: when the next start would come if all came evenly. */
  readonly #meters = new Map<string, number>();
  #virtualNow = 0;
  readonly #virtual = new Map<string, number>();

  constructor(spec: QueueSpec, nowMs: number) {
    this.#spec = spec;
    this.nowMs = nowMs;
  }

  /** All that starts now, in order. */
  start(): string[] {
    const started: string[] = [];
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      this.#begin(item);
      started.push(item.id);
    }
    return started;
  }

  in(state: Item["state"]): Item[] {
    return this.items.filter((item) => item.state === state);
  }

  fail(item: Item, isLost: boolean): void {
    const { maxAttempts = 3, strategy = "immediate", base } = this.#spec.retry ?? {};
    item.state = item.attemptNo < maxAttempts ? "waiting" : "ended";
    item.dueAtMs = this.nowMs + (isLost || strategy === "immediate" ? 0 : seconds(base));
  }

  #begin(item: Item): void {
    item.state = "running";
    item.attemptNo += 1;
    this.credits -= 1;
    for (const { meter, everyMs } of this.#rates(item))
      this.#meters.set(meter, Math.max(this.#meters.get(meter) ?? this.nowMs, this.nowMs) + everyMs);
    const share = this.#shareOf(item);
    this.#virtualNow = this.#timeOf(share);
    this.#virtual.set(share, this.#virtualNow + 1 / this.#weightOf(share));
  }

  #next(): Item | undefined {
    const most = this.#spec.concurrency?.max ?? Infinity;
    if (this.credits === 0 || this.isPaused || this.in("running").length >= most) return undefined;
    const waiting = this.in("waiting").filter((item) => item.dueAtMs <= this.nowMs);
    const startable = waiting.filter((item) => this.#mayStart(item)).sort((a, b) => this.#compare(a, b));
    if (this.#spec.fairShare === undefined) return startable[0];
    const firsts = [...Map.groupBy(startable, (item) => this.#shareOf(item)).values()].flatMap((of) => of.slice(0, 1));
    return this.#belowItsPart(firsts, waiting, most) ?? this.#servedLeast(firsts);
  }

  /** Of those that would be within their part of the places, the one furthest below. */
  #belowItsPart(firsts: readonly Item[], waiting: readonly Item[], most: number): Item | undefined {
    if (most === Infinity) return undefined;
    const shares = new Set(waiting.map((item) => this.#shareOf(item)));
    const whole = [...shares].reduce((sum, share) => sum + this.#weightOf(share), 0);
    const rank = (item: Item) => {
      const share = this.#shareOf(item);
      const running = this.in("running").filter((one) => this.#shareOf(one) === share).length;
      return (running + 1) / this.#weightOf(share);
    };
    return firsts
      .filter((item) => rank(item) * whole <= most)
      .sort((a, b) => rank(a) - rank(b) || this.#order(a, b))[0];
  }

  #servedLeast(firsts: readonly Item[]): Item | undefined {
    const time = (item: Item) => this.#timeOf(this.#shareOf(item));
    return firsts.toSorted((a, b) => time(a) - time(b) || this.#order(a, b))[0];
  }

  #mayStart(item: Item): boolean {
    const { perPipeline = Infinity, perKey } = this.#spec.concurrency ?? {};
    const running = this.in("running");
    if (running.filter((one) => one.pipeline === item.pipeline).length >= perPipeline) return false;
    if (running.filter((one) => one.who === item.who).length >= (perKey?.max ?? Infinity)) return false;
    return this.#rates(item).every(({ meter, everyMs, burst }) => {
      const next = this.#meters.get(meter);
      return next === undefined || next - (burst - 1) * everyMs <= this.nowMs;
    });
  }

  #rates(item: Item): Rate[] {
    const { throttle, rateLimit } = this.#spec;
    const rates: Rate[] = [];
    if (throttle !== undefined) rates.push({ meter: "throttle", everyMs: seconds(throttle), burst: 1 });
    if (rateLimit === undefined) return rates;
    const { limit, period, key, burst = limit } = rateLimit;
    const meter = key === undefined ? "rate" : `rate of ${item.who}`;
    return [...rates, { meter, everyMs: seconds(period) / limit, burst }];
  }

  /** In the order of the queue's type, as things stand now. */
  #compare(a: Item, b: Item): number {
    return this.#spec.type === "priority"
      ? this.#gained(b) - this.#gained(a) || a.sequence - b.sequence
      : this.#order(a, b);
  }

  #order(a: Item, b: Item): number {
    const { type } = this.#spec;
    if (type === "lifo") return b.sequence - a.sequence;
    if (type === "deadline")
      return a.deadlineAtMs - b.deadlineAtMs || b.priority - a.priority || a.sequence - b.sequence;
    return (type === "priority" ? this.#gained(b) - this.#gained(a) : 0) || a.sequence - b.sequence;
  }

  #gained({ priority, enqueuedAtMs }: Item): number {
    const { every, by = 1, max = Infinity } = this.#spec.priority?.ageing ?? {};
    if (every === undefined) return priority;
    const times = Math.floor(this.nowMs / seconds(every)) - Math.floor(enqueuedAtMs / seconds(every));
    return priority + Math.min(max, by * times);
  }

  #shareOf({ pipeline, who }: Item): string {
    const by = this.#spec.fairShare?.by;
    return by === "pipeline" ? `test#${pipeline}` : by === "key" ? who : "test";
  }

  #weightOf(share: string): number {
    return this.#spec.fairShare?.weights[share] ?? 1;
  }

  #timeOf(share: string): number {
    return Math.max(this.#virtual.get(share) ?? 0, this.#virtualNow);
  }
}
