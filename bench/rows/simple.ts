/** The *simple* pipeline: one input, one call of a Python function, one output; activation and outcome durable. */
import type { JsonValue } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { PolyglotClient } from "@polyglot/cli/client";
import type { BenchSystem } from "../bench-system.ts";
import { type Percentiles, percentiles } from "../percentiles.ts";

/** Events of one kind, for one pipeline. */
export interface Events {
  readonly pipelineId: string;
  readonly inputs: Readonly<Record<string, JsonValue>>;
  /** In one call of the API, as a program that has many sends them. */
  readonly perCall: number;
}

const simple: Events = { pipelineId: "bench>Simple#Up", inputs: { text: "hello world" }, perCall: 250 };

const limits = {
  /** Newest executions that the API lists at once. */
  listed: 1_000,
  /**
   * Events of one tick travel in one call, as from a program with a busy source. A call for each event would measure how
   * many calls a second the client can make: at 1,000/s that alone fills a core on either side.
   */
  tickMs: 10,
  /** Between two looks at how many have ended: each costs the controller a count of its queues. */
  lookMs: 100,
} as const;

/** Executions per second with `waiting` of them in the system at any time. */
export const simpleRate = (system: BenchSystem, count: number, waiting: number): Promise<number> =>
  executionRate(system, simple, count, waiting);

export async function executionRate(
  system: BenchSystem,
  events: Events,
  count: number,
  waiting: number,
): Promise<number> {
  const before = await system.endedTotal();
  const startedAt = performance.now();
  let sent = 0;
  let ended = 0;
  const calls = new Set<Promise<unknown>>();
  while (ended < count) {
    while (sent < count && sent - ended < waiting) {
      const size = Math.min(events.perCall, count - sent, waiting - (sent - ended));
      const call = activate(system.client, events, size).finally(() => calls.delete(call));
      calls.add(call);
      sent += size;
    }
    await new Promise((resolve) => setTimeout(resolve, limits.lookMs));
    ended = (await system.endedTotal()) - before;
  }
  await Promise.all(calls);
  return (count / (performance.now() - startedAt)) * 1_000;
}

async function activate(client: PolyglotClient, { pipelineId, inputs }: Events, size: number): Promise<void> {
  const events = Array.from({ length: size }, () => ({
    pipelineId,
    triggerContext: { timestamp: new Date().toISOString() },
    inputs,
  }));
  const { results } = await client.activate({ events });
  const refused = results.find((result) => result.decision !== "activated");
  if (refused !== undefined) throw new Error(`an event was not activated: ${refused.error?.message}`);
}

export interface SimpleLatencies {
  /** From the call that carries an event to its answer after the commit. */
  readonly activation: Percentiles;
  /** From the event's arrival to the start on the agent. */
  readonly dispatch: Percentiles;
  /** From the event's arrival to the outcome's end on the agent. */
  readonly endToEnd: Percentiles;
}

/** Events at a steady rate per second, for as many as the API lists. */
export async function simpleLatencies(system: BenchSystem, perSecond: number): Promise<SimpleLatencies> {
  const before = await system.endedTotal();
  const activation: number[] = [];
  const calls: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let sent = 0; sent < limits.listed; ) {
    await new Promise((resolve) => setTimeout(resolve, limits.tickMs));
    const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1_000);
    const size = Math.min(due, limits.listed) - sent;
    if (size <= 0) continue;
    calls.push(timed(() => activate(system.client, simple, size)).then((ms) => void activation.push(ms)));
    sent += size;
  }
  await Promise.all(calls);
  while ((await system.endedTotal()) - before < limits.listed) {
    await new Promise((resolve) => setTimeout(resolve, limits.lookMs));
  }
  const { executions } = await system.client.listExecutions({ pipelineId: simple.pipelineId, limit: limits.listed });
  const since = (pick: "startedAt" | "endedAt") =>
    executions.flatMap((one) => {
      const { enqueuedAt, [pick]: then } = one;
      return enqueuedAt === undefined || then === undefined ? [] : [timestampMs(then) - timestampMs(enqueuedAt)];
    });
  return {
    activation: percentiles(activation),
    dispatch: percentiles(since("startedAt")),
    endToEnd: percentiles(since("endedAt")),
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
