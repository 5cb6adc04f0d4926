import { silentLogger } from "@polyglot/service";
import { expect, test } from "vitest";
import { createTestDatabase } from "../store/test-database.ts";
import { ControllerMetrics } from "./metrics.ts";
import { MetricsHistory } from "./history.ts";
import { QueueCounts } from "./queue-counts.ts";
import { readFigures } from "./queue-figures.ts";

const minuteMs = 60_000;
const nowMs = 1_000_000 * minuteMs;
const a = { queue: "etl", pipelineId: "io.test>A#A" };
const b = { queue: "etl", pipelineId: "io.test>A#B" };

/** A controller's counters, whose clock is at a time of the test's. */
function controllerAt(database: ConstructorParameters<typeof MetricsHistory>[0]) {
  let atMs = nowMs;
  const clock = { now: () => atMs, monotonic: () => atMs, sleep: async () => undefined };
  const history = new MetricsHistory(database, clock, silentLogger);
  const metrics = new ControllerMetrics();
  const counts = new QueueCounts(metrics, history.queues, clock);
  return { history, metrics, counts, at: (ms: number) => (atMs = ms) };
}

test("what two controllers counted in several minutes is one set of figures, by queue and by pipeline", async () => {
  await using here = await createTestDatabase();
  const [one, two] = [controllerAt(here.database), controllerAt(here.database)];
  for (const controller of [one, two]) {
    for (let at = 0; at < 90; at += 1) controller.counts.dispatched(a, 10, 10);
    await controller.history.flush();
    controller.at(nowMs - 2 * minuteMs);
    for (let at = 0; at < 10; at += 1) controller.counts.dispatched(a, 5_000, 6_000);
    for (let at = 0; at < 30; at += 1) controller.counts.enqueued(b);
    controller.counts.settled(b, "succeeded", 100);
    controller.counts.settled(b, "failed");
    await controller.history.flush();
    controller.at(nowMs - 9 * minuteMs);
    controller.counts.settled(a, "succeeded", 1_000_000);
    await controller.history.flush();
  }
  const figures = await readFigures(here.database, nowMs);
  const of = (pipelineId: string) => figures.find((each) => each.pipelineId === pipelineId);
  expect(figures).toHaveLength(3);
  expect(of("")).toMatchObject({ startedPerSecond: 200 / 300, enqueuedPerSecond: 60 / 300, settledPerSecond: 4 / 300 });
  expect(of(a.pipelineId)).toMatchObject({ startedPerSecond: 200 / 300, processing: undefined });
  const { p50Ms, p95Ms, p99Ms } = of(a.pipelineId)?.wait ?? { p50Ms: 0, p95Ms: 0, p99Ms: 0 };
  expect([near(p50Ms, 10), near(p95Ms, 5_000), near(p99Ms, 5_000)]).toEqual([true, true, true]);
  expect(near(of(b.pipelineId)?.processing?.p95Ms ?? 0, 100)).toBe(true);
  expect(of(b.pipelineId)?.wait).toBeUndefined();
});

test("Prometheus has times by queue and pipeline, and how deep each is", async () => {
  await using here = await createTestDatabase();
  const { counts, metrics } = controllerAt(here.database);
  counts.enqueued(a);
  counts.dispatched(a, 700, 700);
  counts.settled(a, "succeeded", 40);
  const rates = {
    enqueuedPerSecond: 0,
    startedPerSecond: 0,
    settledPerSecond: 0,
    wait: undefined,
    processing: undefined,
  };
  metrics.setFigures([{ ...a, waiting: 7, running: 2, ...rates }], new Map([["etl", 50]]));
  const shown = await metrics.text();
  const labels = `queue="etl",pipeline="${a.pipelineId}"`;
  expect(shown).toContain(`polyglot_executions_enqueued_total{${labels}} 1`);
  expect(shown).toContain(`polyglot_queue_wait_seconds_bucket{le="1",${labels}} 1`);
  expect(shown).toContain(`polyglot_queue_wait_seconds_bucket{le="0.5",${labels}} 0`);
  expect(shown).toContain(`polyglot_queue_processing_seconds_sum{${labels}} 0.04`);
  expect(shown).toContain(`polyglot_pipeline_executions{${labels},state="waiting"} 7`);
  expect(shown).toContain('polyglot_queue_utilisation_percent{queue="etl"} 50');
});

const near = (value: number, expected: number): boolean => Math.abs(value / expected - 1) < 0.2;
