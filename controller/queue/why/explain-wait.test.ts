import type {
  ExecutionId,
  PipelineId,
  PlanDigest,
  QueueConfiguration,
  QueueSpec,
  WaitCondition,
} from "@polyglot/contracts";
import { expect, test } from "vitest";
import { defineQueue } from "../../registry/queue-definition.ts";
import type { Refusal, RefusalReason } from "../admission/refusal.ts";
import { Meters } from "../meters.ts";
import { explainWait } from "./explain-wait.ts";
import type { Wait } from "./wait.ts";
import type { WaitFacts } from "./wait-facts.ts";

const nowMs = Date.parse("2026-11-23T12:00:00Z");

interface World extends Partial<Omit<WaitFacts, "definition" | "execution" | "meters" | "lines">> {
  readonly spec?: object;
  readonly isPaused?: boolean;
  readonly execution?: Partial<WaitFacts["execution"]>;
  readonly lines?: Partial<QueueConfiguration>;
  readonly meters?: Readonly<Record<string, number>>;
}

function factsOf({ spec = {}, isPaused = false, execution, lines, meters = {}, ...facts }: World): WaitFacts {
  const declared = { name: "etl", spec: spec as QueueSpec, generation: "1", repository: null, file: null };
  const state = { queue: "etl", paused: true, draining: false, pressed: false, changed_by: "ann", changed_at: null };
  const known = new Meters();
  for (const [meter, value] of Object.entries(meters)) known.raise(meter, value);
  return {
    nowMs,
    definition: defineQueue("etl", declared as never, isPaused ? (state as never) : undefined),
    execution: {
      executionId: "e" as ExecutionId,
      pipelineId: "t#Load" as PipelineId,
      planDigest: "sha256:p" as PlanDigest,
      ...{ queue: "etl", shard: "queue/0", priority: 0, importance: 0, host: null, sequence: 9 },
      ...{
        concurrencyKey: null,
        rateKey: null,
        shareKey: null,
        attemptNo: 0,
        maxAttempts: 3,
        orderKey: 0,
        orderTie: 0,
      },
      ...{ enqueuedAtMs: nowMs - 5_000, dueAtMs: nowMs - 5_000, deadlineAtMs: null, waitUntilMs: null },
      ...execution,
    },
    lines: lines === undefined ? undefined : { queue: "etl", ...lines },
    meters: known,
    places: { queue: taken(0), pipeline: taken(0), key: taken(0) },
    before: shares(0),
    starts: { inAll: 0, ofPipeline: 0, ofKey: 0, overMs: 60_000 },
    sharers: [],
    estimate: undefined,
    agents: { connected: 1, refusals: [] },
    ...facts,
  };
}

const taken = (used: number) => ({ used, holders: used === 0 ? [] : ["r1", "r2"].slice(0, used) });
const placesOf = (queue: number, pipeline = 0, key = 0) => ({
  queue: taken(queue),
  pipeline: taken(pipeline),
  key: taken(key),
});
const shares = (inAll: number, ofPipeline = 0, ofKey = 0, ofRateKey = 0) => ({ inAll, ofPipeline, ofKey, ofRateKey });
const refusal = (reason: RefusalReason, agentId = "a1"): Refusal => ({
  agentId,
  reason,
  message: `${agentId}: ${reason}`,
});

const cases: readonly (readonly [Exclude<WaitCondition, "approval">, string, World, Partial<Wait>])[] = [
  [
    "retry",
    "attempt 2 of 3 may start in 12 s",
    { execution: { attemptNo: 1, dueAtMs: nowMs + 12_000 }, isPaused: true, before: shares(3) },
    { before: 0, opensAtMs: nowMs + 12_000, startsAtMs: nowMs + 12_000 },
  ],
  ["paused", "queue 'etl' is paused by ann", { isPaused: true, before: shares(4) }, { before: 4 }],
  [
    "queue-places",
    "queue 'etl' runs 2 of 2 at once",
    {
      spec: { concurrency: { max: 2 } },
      places: placesOf(2),
      before: shares(3),
      starts: { inAll: 10, ofPipeline: 1, ofKey: 0, overMs: 5_000 },
    },
    { used: 2, limit: 2, heldBy: ["r1", "r2"], before: 3, leavingPerSecond: 2, startsAtMs: nowMs + 2_000 },
  ],
  [
    "throttle",
    "queue 'etl' starts one each 5 s; the next in 3 s",
    { spec: { throttle: "5s" }, meters: { throttle: nowMs + 3_000 }, before: shares(2) },
    { opensAtMs: nowMs + 3_000, startsAtMs: nowMs + 13_000, leavingPerSecond: 0.2 },
  ],
  [
    "rate",
    "queue 'etl' starts 10 in 60 s, and 0 are left; the next in 2 s",
    { spec: { rateLimit: { limit: 10, period: "60s" } }, meters: { rate: nowMs + 2_000 + 9 * 6_000 } },
    { used: 10, limit: 10, opensAtMs: nowMs + 2_000 },
  ],
  [
    "pipeline-places",
    "pipeline 't#Load' runs 1 of 1 at once",
    {
      spec: { concurrency: { perPipeline: 4 } },
      lines: { concurrency: { max: 1 } },
      places: placesOf(3, 1),
      before: shares(8, 1),
      estimate: { pipelineId: "t#Load", runs: 3, meanMs: 10_000 },
    },
    { used: 1, limit: 1, before: 1, leavingPerSecond: 0.1, startsAtMs: nowMs + 20_000 },
  ],
  [
    "key-places",
    "key 'berlin' runs 1 of 1 at once",
    {
      spec: { concurrency: { perKey: { key: "city", max: 1 } } },
      execution: { concurrencyKey: "berlin" },
      places: placesOf(3, 2, 1),
      before: shares(8, 5, 2),
    },
    { used: 1, limit: 1, heldBy: ["r1"], before: 2 },
  ],
  [
    "key-places",
    "key 'berlin' runs 2 of 2 at once",
    {
      lines: { concurrency: { per_key: { input: "city", max: 2 } } },
      execution: { concurrencyKey: "t#Load\nberlin" },
      places: placesOf(2, 2, 2),
    },
    { used: 2 },
  ],
  [
    "pipeline-rate",
    "pipeline 't#Load' starts one each 10 s; the next in 4 s",
    { lines: { throttle_seconds: 10 }, meters: { "pipeline throttle\nt#Load": nowMs + 4_000 } },
    { opensAtMs: nowMs + 4_000 },
  ],
  [
    "key-rate",
    "key 'berlin' of queue 'etl' starts 1 in 60 s, and 0 are left; the next in 30 s",
    {
      spec: { rateLimit: { limit: 1, period: "60s", key: "city" } },
      execution: { rateKey: "berlin" },
      meters: { "rate\nberlin": nowMs + 30_000 },
      before: shares(9, 9, 0, 1),
    },
    { before: 1, startsAtMs: nowMs + 90_000 },
  ],
  ["no-agent", "no agent is connected", { agents: { connected: 0, refusals: [] } }, {}],
  ["routing", "a1: labels", { agents: { connected: 1, refusals: [refusal("labels")] } }, { details: [] }],
  [
    "resources",
    "a2: memory, and 1 other agents cannot have it either",
    { agents: { connected: 2, refusals: [refusal("runtime"), refusal("memory", "a2")] } },
    { details: ["a1: runtime"] },
  ],
  [
    "agent-places",
    "a1: places",
    { agents: { connected: 1, refusals: [refusal("places")] }, before: shares(1) },
    { before: 1 },
  ],
  [
    "order",
    "others are before it in queue 'etl'",
    { before: shares(7), starts: { inAll: 80, ofPipeline: 0, ofKey: 0, overMs: 20_000 } },
    { before: 7, leavingPerSecond: 4, startsAtMs: nowMs + 2_000 },
  ],
  [
    "none",
    "nothing holds it up: it is about to start",
    { agents: { connected: 2, refusals: [refusal("places")] } },
    {},
  ],
];

test.each(cases)("%s: %s", (condition, message, world, numbers) => {
  expect(explainWait(factsOf(world))).toMatchObject({ condition, message, ...numbers });
});

test("every condition but a person's word is in the table", () => {
  const named = new Set(cases.map(([condition]) => condition));
  const all = {
    ...{ retry: 0, paused: 0, "queue-places": 0, throttle: 0, rate: 0, "pipeline-places": 0, "key-places": 0 },
    ...{
      "pipeline-rate": 0,
      "key-rate": 0,
      "no-agent": 0,
      routing: 0,
      resources: 0,
      "agent-places": 0,
      order: 0,
      none: 0,
    },
  } satisfies Record<Exclude<WaitCondition, "approval">, number>;
  expect(Object.keys(all).filter((one) => !named.has(one as never))).toEqual([]);
});

test("what has no end in sight has no estimate", () => {
  const wait = explainWait(factsOf({ isPaused: true, starts: { inAll: 9, ofPipeline: 9, ofKey: 0, overMs: 1_000 } }));
  expect(wait).not.toHaveProperty("startsAtMs");
});

test("a deadline is told with what a run takes, and the longest wait until the first attempt", () => {
  const estimate = { pipelineId: "t#Load", runs: 5, meanMs: 20_000 };
  const execution = { deadlineAtMs: nowMs + 10_000, waitUntilMs: nowMs + 10_000 };
  expect(explainWait(factsOf({ execution, estimate }))).toMatchObject({
    details: ["its deadline is in 10 s, and a run takes 20 s on the mean: it will not be met"],
    untilMs: nowMs + 10_000,
  });
  expect(explainWait(factsOf({ execution: { ...execution, attemptNo: 1 } }))).not.toHaveProperty("untilMs");
});

test("who shares a queue is told whose part goes first", () => {
  const sharer = (name: string, running: number) => ({ name, weight: 1, waiting: 3, running });
  const world = {
    spec: { concurrency: { max: 4 } },
    execution: { shareKey: "acme" },
    places: placesOf(4),
    sharers: [sharer("acme", 3), sharer("brown", 1)],
  };
  expect(explainWait(factsOf(world)).details).toEqual([
    "share 'acme' has 3 running, and its part is 2.0 places; 'brown' has 1 running, and its part is 2.0 places, and goes first",
  ]);
});
