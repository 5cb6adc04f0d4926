/** What values cost at the borders between languages, as the steps of executions report it, beside plain JSON. */
import { spawnSync } from "node:child_process";
import type { BenchSystem } from "../bench-system.ts";
import { percentiles } from "../percentiles.ts";
import { complexData, complexEvents } from "./complex.ts";
import type { Events } from "./simple.ts";

/** Values that cross a border in one run of the complex pipeline: arguments and results of its native steps. */
const bordersOfComplex = 17;
const rounds = 200;
const floatCount = 1_000_000;

export interface BorderCost {
  /** µs, the median run's mean. */
  readonly polyglot: number;
  /** The same values written by one side and read by the other as plain JSON, half of it Node's and half Python's. */
  readonly json: number;
}

export async function borderCost(system: BenchSystem): Promise<BorderCost> {
  const totals: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    totals.push((await conversionOf(system, complexEvents())).conversionMs);
  return { polyglot: (percentiles(totals).p50 / bordersOfComplex) * 1_000, json: (jsonOfNode() + jsonOfPython()) / 2 };
}

/** Percent of a step's duration that is conversion where its own work takes 25 ms. */
export async function conversionShare(system: BenchSystem): Promise<number> {
  const events: Events = { pipelineId: "bench>Borders#Work", inputs: { data: complexData() }, perCall: 1 };
  const shares: number[] = [];
  for (let round = 0; round < rounds / 4; round += 1) {
    const { conversionMs, durationMs } = await conversionOf(system, events);
    shares.push((conversionMs / (durationMs - conversionMs)) * 100);
  }
  return percentiles(shares).p50;
}

/** How often 8 MB are copied where a pipeline's values take as long as that: who makes them writes them once. */
const copies = { Floats: 2, Arrays: 1, Columns: 1 } as const;

/**
 * Milliseconds of conversion for 8 MB of floats, and for copying such memory: lists from Python to Node and back; an array from
 * Python to Rust and to Python, who borrow it; two columns from Python to Python.
 */
export async function floatsCost(
  system: BenchSystem,
  pipeline: keyof typeof copies,
): Promise<{ polyglot: number; memcpy: number }> {
  const events: Events = { pipelineId: `bench>Borders#${pipeline}`, inputs: { count: floatCount }, perCall: 1 };
  const taken: number[] = [];
  for (let round = 0; round < 5; round += 1) taken.push((await conversionOf(system, events)).conversionMs);
  const from = new Float64Array(floatCount).fill(1.5);
  const to = new Float64Array(floatCount);
  return { polyglot: percentiles(taken).p50, memcpy: copies[pipeline] * medianMs(20, () => to.set(from)) };
}

async function conversionOf(system: BenchSystem, { pipelineId, inputs }: Events) {
  const { executionId } = await system.client.run({ pipelineId, inputs });
  const { state, steps, error } = await system.client.waitExecution({ executionId, timeoutSeconds: 60 });
  if (state !== "succeeded")
    throw new Error(`execution ${executionId} of ${pipelineId} is ${state}: ${error?.message}`);
  const costs = steps.flatMap(({ metrics }) => (metrics === undefined ? [] : [metrics]));
  return {
    conversionMs: costs.reduce((sum, cost) => sum + cost.conversionOverheadMs, 0),
    durationMs: costs.reduce((sum, cost) => sum + cost.durationMs, 0),
  };
}

/** µs to write and read the complex pipeline's data once. */
function jsonOfNode(): number {
  const data = complexData();
  return medianMs(2_000, () => JSON.parse(JSON.stringify(data))) * 1_000;
}

function jsonOfPython(): number {
  const program = [
    "import json, statistics, sys, time",
    "data, taken = json.load(sys.stdin), []",
    "for _ in range(2000):",
    "    began = time.perf_counter_ns()",
    "    json.loads(json.dumps(data))",
    "    taken.append(time.perf_counter_ns() - began)",
    "print(statistics.median(taken) / 1000)",
  ].join("\n");
  const { status, stdout } = spawnSync("python3", ["-c", program], { input: JSON.stringify(complexData()) });
  if (status !== 0) throw new Error("python3 could not time its JSON");
  return Number(stdout.toString());
}

function medianMs(times: number, work: () => void): number {
  const taken = Array.from({ length: times }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return percentiles(taken).p50;
}
