import { create } from "@bufbuild/protobuf";
import { BorderCostSchema, MetricsSchema, StepSummarySchema } from "@polyglot/contracts/service";
import { expect, it } from "vitest";
import { drawBorders } from "./borders.ts";

const step = (
  ...borders: readonly (readonly [from: string, to: string, bytes: number, shared: number, ms: number])[]
) =>
  create(StepSummarySchema, {
    nodeId: "run.0",
    metrics: create(MetricsSchema, {
      borders: borders.map(([from, to, bytes, sharedBytes, ms]) =>
        create(BorderCostSchema, { from, to, bytes, sharedBytes, ms }),
      ),
    }),
  });

it("ways between the same languages are one line, the slowest first", () => {
  const steps = [
    step(["py", "rust", 20_000, 0, 1], ["rust", "pg", 8_000_000, 8_000_000, 3]),
    step(["py", "rust", 20_000, 0, 4.5]),
  ];
  expect(drawBorders(steps)).toEqual([
    "values between languages:",
    "  py → rust     5.5 ms  39 KiB",
    "  rust → pg     3.0 ms  7.6 MiB, 7.6 MiB of it in shared memory",
  ]);
});

it("nothing is said where nothing of some size crossed", () => {
  expect(drawBorders([step(), create(StepSummarySchema, { nodeId: "run.1" })])).toEqual([]);
});
