/** The *complex* pipeline: ten steps over three languages with some 10 KB of nested data converted at each border. */
import type { BenchSystem } from "../bench-system.ts";
import type { Events } from "./simple.ts";
import { executionRate } from "./simple.ts";

type Rows = Record<string, Record<string, number>[]>;

const groups = 10;
const rowsOfGroup = 12;
const measures = ["height", "length", "weight", "width"];

/** Numbers as measured ones are: three digits after the point. */
export function complexData(): Rows {
  const value = (at: number) => ((at * 7_919) % 100_000) / 1_000 + 0.0005;
  return Object.fromEntries(
    Array.from({ length: groups }, (_, group) => [
      `group ${group}`,
      Array.from({ length: rowsOfGroup }, (__, row) =>
        Object.fromEntries(
          measures.map((name, at) => [name, value((group * rowsOfGroup + row) * measures.length + at)]),
        ),
      ),
    ]),
  );
}

export const complexEvents = (): Events => ({
  pipelineId: "bench>Complex#Complex",
  inputs: { data: complexData(), depth: "full" },
  perCall: 20,
});

export const complexRate = (system: BenchSystem, count: number, waiting: number): Promise<number> =>
  executionRate(system, complexEvents(), count, waiting);
