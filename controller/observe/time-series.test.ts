/** What every place that keeps the history of costs and hosts must do, asked of each of them. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { MetricsSampleSchema } from "@polyglot/contracts/service";
import { silentLogger, systemClock } from "@polyglot/service";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../store/test-database.ts";
import { MetricsHistory } from "./history.ts";
import { sampleAt } from "./host-sample.fixture.ts";
import { InfluxWriter } from "./influx-writer.ts";
import type { TimeSeries } from "./time-series.ts";
import { canHaveVictoriaMetrics, startVictoriaMetrics } from "./victoria-metrics.fixture.ts";

interface Place {
  readonly series: TimeSeries;
  readonly flush: () => Promise<void>;
  /** The mean of a minute, which is given by its beginning. `gpu`: -1 is the host. */
  readonly hostFigure: (agent: string, gpu: number, name: string, minute: number) => Promise<number | undefined>;
  /** The sum of a minute. `step`: empty for whole executions. */
  readonly cost: (pipeline: string, step: string, minute: number) => Promise<number | undefined>;
  readonly stop: () => Promise<void>;
}

async function inPostgres(): Promise<Place> {
  const here = await createTestDatabase();
  const series = new MetricsHistory(here.database, systemClock, silentLogger);
  const first = async (text: string, values: unknown[]) =>
    (await here.database.query<{ value: number }>({ name: "", text }, values))[0]?.value;
  return {
    series,
    flush: () => series.flush(),
    hostFigure: (agent, gpu, name, minute) =>
      first(
        `select total / samples as value from host_history where agent_id = $1 and gpu = $2 and name = $3 and minute = $4`,
        [agent, gpu, name, new Date(minute)],
      ),
    cost: (pipeline, step, minute) =>
      first(
        `select cpu_time_ms as value from metrics_history where pipeline_id = $1 and node_id = $2 and minute = $3`,
        [pipeline, step, new Date(minute)],
      ),
    stop: async () => {
      await series.stop();
      await here[Symbol.asyncDispose]();
    },
  };
}

async function inVictoriaMetrics(): Promise<Place> {
  const database = await startVictoriaMetrics();
  const target = { url: database.url, token: "t", organisation: "o", bucket: "b" };
  const series = new InfluxWriter(target, systemClock, silentLogger);
  const first = async (query: string, minute: number) => {
    const asked = new URLSearchParams({ query, time: String(minute / 1_000 + 59.999) });
    const answer = await fetch(`${database.url}/api/v1/query?${asked.toString()}`);
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    return data.result[0] === undefined ? undefined : Number(data.result[0].value[1]);
  };
  const labels = (values: Record<string, string>) =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(",");
  return {
    series,
    flush: async () => {
      await series.flush();
      await fetch(`${database.url}/internal/force_flush`);
    },
    hostFigure: (agent, gpu, name, minute) => {
      const wanted = labels({ agent, gpu: gpu < 0 ? "" : String(gpu) });
      return first(`avg_over_time(polyglot_host_${name}{${wanted}}[1m])`, minute);
    },
    cost: (pipeline, step, minute) =>
      first(`sum_over_time(polyglot_cost_cpu_time_ms{${labels({ pipeline, step })}}[1m])`, minute),
    stop: async () => {
      await series.stop();
      await database.stop();
    },
  };
}

const minuteMs = 60_000;
const minute = Math.floor(systemClock.now() / minuteMs) * minuteMs - 10 * minuteMs;

const cost = (nodeId: string, timeMs: number, cpuTimeMs: number, pipelineId = "io.test>A#B") =>
  create(MetricsSampleSchema, { pipelineId, nodeId, metrics: { cpuTimeMs }, timestamp: timestampFromMs(timeMs) });

const places = [
  { name: "PostgreSQL", isThere: true, open: inPostgres },
  { name: "VictoriaMetrics, by Influx line protocol", isThere: canHaveVictoriaMetrics, open: inVictoriaMetrics },
] as const;

describe.each(places)("$name", ({ isThere, open }) => {
  const opened = Promise.withResolvers<Place>();

  beforeAll(async () => {
    if (isThere) opened.resolve(await open());
  }, 300_000);
  afterAll(async () => {
    if (isThere) await (await opened.promise).stop();
  });

  test.skipIf(!isThere)(
    "a host's figures are had back by agent, name and minute, and a GPU's by its number",
    async () => {
      const { series, flush, hostFigure } = await opened.promise;
      series.addHost("a", sampleAt(minute, 10));
      series.addHost("a", sampleAt(minute + 30_000, 30));
      series.addHost("a", sampleAt(minute + 90_000, 90));
      series.addHost("b", sampleAt(minute, 50));
      await flush();
      const minutes = [minute, minute + minuteMs, minute + 2 * minuteMs];
      const figures = minutes.map((one) => hostFigure("a", -1, "cpu_percent", one));
      expect(await Promise.all(figures)).toEqual([20, 90, undefined]);
      expect(await hostFigure("b", -1, "cpu_percent", minute)).toBe(50);
      expect(await hostFigure("a", -1, "memory_total_bytes", minute)).toBe(2 ** 34);
      expect(await hostFigure("a", 0, "gpu_busy_percent", minute)).toBe(37);
      expect(await hostFigure("a", 0, "gpu_power_watts", minute)).toBeUndefined();
    },
  );

  test.skipIf(!isThere)("a host's sample that two controllers tell changes no figure", async () => {
    const { series, flush, hostFigure } = await opened.promise;
    for (const cpuPercent of [10, 10, 40, 40]) series.addHost("twice", sampleAt(minute + cpuPercent, cpuPercent));
    await flush();
    expect(await hostFigure("twice", -1, "cpu_percent", minute)).toBe(25);
  });

  test.skipIf(!isThere)("costs add up by pipeline, step and minute, and whole executions stand apart", async () => {
    const { series, flush, cost: costOf } = await opened.promise;
    series.add(cost("run.0", minute, 5));
    series.add(cost("run.0", minute + 30_000, 7));
    series.add(cost("run.0", minute + minuteMs, 11));
    series.add(cost("run.1", minute, 13));
    series.add(cost("", minute, 100));
    series.add(cost("run.0", minute, 1_000, "io.test>A#C"));
    await flush();
    const pipeline = "io.test>A#B";
    expect(await costOf(pipeline, "run.0", minute)).toBe(12);
    expect(await costOf(pipeline, "run.0", minute + minuteMs)).toBe(11);
    expect(await costOf(pipeline, "run.1", minute)).toBe(13);
    expect(await costOf(pipeline, "", minute)).toBe(100);
    expect(await costOf("io.test>A#C", "run.0", minute)).toBe(1_000);
  });

  test.skipIf(!isThere)("names come back whatever their characters", async () => {
    const { series, flush, hostFigure, cost: costOf } = await opened.promise;
    const strange = ["a b", "a,b=c", 'a"b"', "a\\b", "käse 🧀", "run.0[3].item"];
    for (const [index, name] of strange.entries()) {
      series.addHost(name, sampleAt(minute, index));
      series.add(cost(name, minute, index + 1, `strange>${name}`));
    }
    await flush();
    for (const [index, name] of strange.entries()) {
      const figures = [
        await hostFigure(name, -1, "cpu_percent", minute),
        await costOf(`strange>${name}`, name, minute),
      ];
      expect([name, ...figures]).toEqual([name, index, index + 1]);
    }
  });
});
