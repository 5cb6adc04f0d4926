import { expect, test } from "vitest";
import type { LineEntry } from "../store/queue-lines.ts";
import type { HostSize } from "./host-sizes.ts";
import { queueEffects } from "./queue-effects.ts";

const gib = 2 ** 30;
const host: HostSize = { cores: 4, memoryBytes: 16 * gib, diskBytes: 100 * gib, gpus: 0 };

const entry = (id: string, sequence: number, priority: number): LineEntry => ({
  ...{ execution_id: id, pipeline_id: "io>A#A", priority, importance: 0, sequence },
  ...{ enqueued_at_ms: 1_000 * sequence, deadline_at_ms: null },
});
const line = {
  ...{ queue: "Etl", running: 3, waiting: 3 },
  entries: [entry("a", 1, 0), entry("b", 2, 5), entry("c", 3, 5)],
};
const moved = (before: unknown, after: unknown) =>
  queueEffects("Etl", before, after, line, [host]).moves.map(
    ({ executionId, before: from, after: to }) => `${executionId} ${from}->${to}`,
  );
const refused = (before: unknown, after: unknown) => queueEffects("Etl", before, after, line, [host]).refusals;

test.each([
  ["the same order", { type: "fifo" }, { type: "fifo", paused: true }, []],
  ["last in, first out", { type: "fifo" }, { type: "lifo" }, ["c 3->1", "a 1->3"]],
  ["priorities", undefined, { type: "priority" }, ["b 2->1", "c 3->2", "a 1->3"]],
  ["a queue that goes", { type: "priority" }, undefined, ["a 3->1", "b 1->2", "c 2->3"]],
  [
    "ageing",
    { type: "priority" },
    { type: "priority", priority: { ageing: { every: "1s", by: 10 } } },
    ["a 3->1", "b 1->2", "c 2->3"],
  ],
])("what waits moves with %s", (_what, before, after, said) => {
  expect(moved(before, after)).toEqual(said);
});

test.each([
  [
    "a limit below what runs",
    { concurrency: { max: 2 } },
    "3 run, at most 2 may: nothing starts until 2 of them have ended",
  ],
  ["a size below what waits", { maxSize: 2 }, "3 wait, at most 2 may: new ones are refused until there is room"],
  ["a mark below what waits", { backpressure: { high: 3 } }, "3 wait, and its triggers stop at 3"],
  ["a pause", { paused: true }, "paused: 3 wait, and none of them starts"],
  [
    "more than a host has",
    { admission: { memoryFree: "32Gi" } },
    "no agent has 32Gi of memory (the largest has 16Gi): nothing starts",
  ],
])("%s is said, and only where it is new", (_what, spec, said) => {
  expect(refused({}, spec)).toEqual([said]);
  expect(refused(spec, spec)).toEqual([]);
});

test("limits that leave room say nothing", () => {
  expect(refused({}, { concurrency: { max: 4 }, maxSize: 10, admission: { memoryFree: "1Gi" } })).toEqual([]);
});
