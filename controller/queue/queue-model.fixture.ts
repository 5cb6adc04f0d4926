/** For tests: a queue manager on a real store, with a clock of the test's, beside the reference that says what it must do. */
import { declaredKinds, defaults, type QueueSpec } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import { placeOf } from "../registry/queue-place.ts";
import { changeQueue, prioritiseWaiting } from "../store/queue-changes.ts";
import type { Database } from "../store/database.ts";
import { activate, activation, declare, ended, type QueueWorld, startQueue, TestAgent } from "./queue.fixture.ts";
import { type Item, ReferenceQueue } from "./reference-queue.fixture.ts";

/** One thing that happens. Numbers below 1 choose among what is there, so that a shorter history still has a meaning. */
export interface Operation {
  readonly kind: (typeof kinds)[number];
  readonly numbers: readonly number[];
}

export const kinds = [
  ...["enqueue", "enqueue", "enqueue", "grant", "grant", "settle", "settle", "fail"],
  ...["cancel", "prioritise", "advance", "pause", "lose", "restart"],
] as const satisfies readonly (keyof typeof operations)[];

export interface Run {
  readonly database: Database;
  readonly queue: string;
  readonly spec: QueueSpec;
}

/** Answers what was different from the reference, and after which operation; undefined: nothing. */
export async function runHistory(run: Run, history: readonly Operation[]): Promise<string | undefined> {
  await using both = await Both.start(run);
  for (const [at, operation] of history.entries()) {
    const difference = await both.do(operation);
    if (difference !== undefined) return `after operation ${at + 1} (${operation.kind}): ${difference}`;
  }
  return undefined;
}

const beginMs = 1_800_000_000_000;
const never = 10 ** 12;

class Both implements AsyncDisposable {
  readonly run: Run;
  readonly model: ReferenceQueue;
  world: QueueWorld;
  agent = new TestAgent("work");
  readonly #marker = new TestAgent("marker");
  #controllers = 1;
  #sequence = 0;

  private constructor(run: Run, world: QueueWorld, model: ReferenceQueue) {
    this.run = run;
    this.world = world;
    this.model = model;
  }

  static async start(run: Run): Promise<Both> {
    const model = new ReferenceQueue(run.spec, beginMs);
    const world = await startQueue(run.database, "c1", defaults.renewMs, clockOf(model));
    const both = new Both(run, world, model);
    await declare(world, run.database, run.queue, run.spec);
    await both.connect(both.agent, 0);
    await both.connect(both.#marker, 1_000);
    return both;
  }

  async do({ kind, numbers }: Operation): Promise<string | undefined> {
    const [first = 0, second = 0, third = 0] = numbers;
    if ((await operations[kind](this, first, second, third)) === "left out") return undefined;
    await this.#barrier();
    const expected = this.model.start();
    const got = this.agent.takeArrived().map((one) => one.executionId);
    if (expected.join() === got.join()) return undefined;
    return `expected the start of ${this.#named(expected)}, got ${this.#named(got)}`;
  }

  /** So many at once: one commit, one look of the queue manager. */
  async enqueue(count: number, random: (at: number) => number): Promise<void> {
    const { database, queue } = this.run;
    const items = Array.from({ length: count }, (_, at) => this.#item(random(at)));
    const definition = this.world.registry.of(queue);
    const activations = items.map(({ pipeline, who, priority, deadlineAtMs, enqueuedAtMs: atMs }) => {
      const facts = { pipelineId: `test#${pipeline}`, priority, inputs: { who }, atMs };
      const lines = { queue, deadline: { at: new Date(deadlineAtMs).toISOString() } };
      const place = placeOf(definition, lines, facts);
      return activation(pipeline, { queue, priority, host: "work", at: new Date(atMs), inputs: { who }, place });
    });
    const ids = await activate(database, ...activations);
    this.model.items.push(...items.map((item, at) => ({ ...item, id: ids[at] ?? "" })));
  }

  connect(agent: TestAgent, credits: number, held: readonly Item[] = []): Promise<void> {
    const known = held.map(({ id: executionId, attemptNo }) => ({ executionId, attemptNo }));
    return agent.connect(this.run.database, this.world.queue, credits, 3_600_000, known);
  }

  async restart(): Promise<void> {
    await this.world[Symbol.asyncDispose]();
    this.#controllers += 1;
    this.world = await startQueue(this.run.database, `c${this.#controllers}`, defaults.renewMs, clockOf(this.model));
    this.model.credits = 0;
    await this.connect(this.#marker, 1_000);
    await this.connect(this.agent, 0, this.model.in("running"));
  }

  async settle({ id, attemptNo }: Item, outcome: "succeeded" | "failed"): Promise<void> {
    const dispatch = { executionId: id, attemptNo } as never;
    await this.world.queue.settle(this.agent.sessionId, ended(dispatch, { outcome }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
    await this.run.database.query({ name: "", text: "truncate executions, activations, agents cascade" });
  }

  /** All that was committed before it has been looked at, and what it let start has started. */
  async #barrier(): Promise<void> {
    await activate(this.run.database, activation("Marker", { queue: "Marker", host: "marker" }));
    const dispatch = await this.#marker.next();
    await this.world.queue.settle(this.#marker.sessionId, ended(dispatch));
  }

  #item(random: number): Omit<Item, "id"> {
    this.#sequence += 1;
    const digit = (base: number, place: number) => Math.floor(random * base * place) % base;
    return {
      sequence: this.#sequence,
      pipeline: "ABC"[digit(3, 1)] ?? "A",
      who: ["x", "y", "z"][digit(3, 7)] ?? "x",
      priority: digit(4, 31),
      enqueuedAtMs: this.model.nowMs,
      dueAtMs: this.model.nowMs,
      deadlineAtMs: beginMs + never + digit(5, 97) * 1_000,
      attemptNo: 0,
      state: "waiting",
    };
  }

  #named(ids: readonly string[]): string {
    const names = ids.map((id) => {
      const item = this.model.items.find((one) => one.id === id);
      return item === undefined ? id : `${item.sequence}${item.pipeline}${item.who}${item.priority}`;
    });
    return `[${names.join(" ")}]`;
  }
}

const clockOf = (model: ReferenceQueue): Clock => ({
  now: () => model.nowMs,
  monotonic: () => model.nowMs,
  sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true })),
});

const choose = <Thing>(things: readonly Thing[], number: number): Thing | undefined =>
  things[Math.floor(number * things.length)];

type Act = (both: Both, first: number, second: number, third: number) => Promise<void | "left out">;

const operations = {
  enqueue: (both, first, second) => both.enqueue(1 + Math.floor(first * 6), (at) => (second + at * 0.377) % 1),

  grant: async ({ world, agent, model }, first) => {
    const credits = 1 + Math.floor(first * 3);
    model.credits += credits;
    world.queue.grant(agent.session as never, credits);
  },

  settle: async (both, first) => {
    const item = choose(both.model.in("running"), first);
    if (item === undefined) return "left out";
    await both.settle(item, "succeeded");
    item.state = "ended";
  },

  /** What else may start before it is seen to wait again is left open, so nothing may: there are no credits. */
  fail: async (both, first) => {
    const item = choose(both.model.in("running"), first);
    if (item === undefined || both.model.credits > 0) return "left out";
    await both.settle(item, "failed");
    both.model.fail(item, false);
  },

  cancel: async ({ world, model }, first) => {
    const item = choose(model.in("waiting"), first);
    if (item === undefined) return "left out";
    await world.queue.cancel(item.id, "cancel", "");
    item.state = "ended";
  },

  prioritise: async ({ run: { database, queue, spec }, world, model }, first, second, third) => {
    const item = choose(model.in("waiting"), first);
    if (item === undefined) return "left out";
    const isOne = second < 0.5;
    const priority = Math.floor(third * 5);
    const filter = isOne
      ? { executionIds: [item.id], queue: "", pipelineId: "" }
      : { executionIds: null, queue, pipelineId: `test#${item.pipeline}` };
    await prioritiseWaiting(database, filter, priority, null);
    const changed = isOne ? [item] : model.in("waiting").filter(({ pipeline }) => pipeline === item.pipeline);
    for (const one of changed) one.priority = priority;
    if (spec.type === "priority" || spec.type === "deadline") await rekeyed(database, world, queue);
  },

  advance: async ({ model, world }, first) => {
    model.nowMs += Math.ceil(first * 20_000);
    world.queue.sampled();
  },

  pause: async ({ run: { database, queue }, world, model }) => {
    model.isPaused = !model.isPaused;
    await changeQueue(database, { queue, paused: model.isPaused, draining: false, by: "test" }, new Date());
    await world.registry.refresh();
  },

  lose: async (both) => {
    const { model, world } = both;
    const lost = model.in("running");
    world.queue.detach(both.agent.session as never);
    model.credits = 0;
    both.agent = new TestAgent("work");
    await both.connect(both.agent, 0);
    for (const item of lost) model.fail(item, true);
  },

  restart: (both) => both.restart(),
} satisfies Record<string, Act>;

/** Resolves when the rows have the keys of their priorities: the queue's owner gives them. */
async function rekeyed(database: Database, { registry }: QueueWorld, queue: string): Promise<void> {
  const { spec, ageing } = registry.of(queue);
  const missed =
    ageing === undefined ? "0" : `${ageing.by} * floor(extract(epoch from enqueued_at) * 1000 / ${ageing.everyMs})`;
  const isOld = spec.type === "deadline" ? "order_tie <> -priority" : `order_key <> ${missed} - priority`;
  const text = `select 1 from executions where queue = $1 and state = 'waiting' and (${isOld})`;
  while ((await database.query({ name: "", text }, [queue])).length > 0);
}

/** What is declared, with the defaults. */
export const specOf = (name: string, spec: object): QueueSpec =>
  declaredKinds.Queue.schema.parse({ apiVersion: "polyglot.dev/v1", kind: "Queue", metadata: { name }, spec }).spec;
