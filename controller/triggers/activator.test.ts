import { expect, test } from "vitest";
import { createTestDatabase } from "../store/test-database.ts";
import type { ActivationRequest } from "./activator.ts";
import { declare, fileTrigger, register, startTriggers } from "./triggers.fixture.ts";

const event = (pipelineId: string, changes: Partial<ActivationRequest> = {}): ActivationRequest => ({
  pipelineId,
  triggerName: "run",
  triggerKey: null,
  triggerContext: { timestamp: "2026-01-01T00:00:00Z" },
  inputs: { path: "a" },
  dedupeKey: null,
  host: null,
  ...changes,
});

test("an event is activated once for a key, however often and however close together it comes", async () => {
  await using store = await createTestDatabase();
  const id = await register(store.database, { name: "Once", inputs: [{ name: "path", type: "pg\\string" }] });
  await using here = await startTriggers(store.database);
  const sends = Array.from({ length: 20 }, (_, at) => event(id, { dedupeKey: `k${at % 4}` }));
  const decisions = await Promise.all(sends.map((send) => here.activator.activate([send])));
  const kinds = decisions.map(([decision]) => decision?.kind);
  expect(kinds.filter((kind) => kind === "activated")).toHaveLength(4);
  expect(kinds.filter((kind) => kind === "duplicate")).toHaveLength(16);
  const ids = decisions.map(([decision]) => (decision?.kind === "refused" ? "" : decision?.executionId));
  expect(new Set(ids).size).toBe(4);
});

test("a refused event names the input and does not hold up the others", async () => {
  await using store = await createTestDatabase();
  const id = await register(store.database, { name: "Typed", inputs: [{ name: "path", type: "pg\\string" }] });
  await using here = await startTriggers(store.database);
  const decisions = await here.activator.activate([
    event(id, { inputs: {} }),
    event(id, { inputs: { path: 3 } }),
    event("io.test>Triggers#Nobody"),
    event(id),
  ]);
  expect(decisions.map((one) => (one.kind === "refused" ? `${one.code} ${one.field}` : one.kind))).toEqual([
    "input/missing path",
    "input/type path",
    "pipeline/unknown ",
    "activated",
  ]);
  const rows = await store.database.query({ name: "", text: "select 1 from executions" });
  expect(rows).toHaveLength(1);
});

test("text with U+0000 and integers beyond 2^53 are stored as they are", async () => {
  await using store = await createTestDatabase();
  const id = await register(store.database, { name: "Any", inputs: [{ name: "v", type: "pg\\any" }] });
  await using here = await startTriggers(store.database);
  const value = { text: "a\0b\u{1F600}", big: { $int: "9007199254740993" }, zero: { $float: "-0" } };
  await here.activator.activate([event(id, { inputs: { v: value } })]);
  const [row] = await store.database.query<{ inputs: string }>({
    name: "",
    text: "select inputs::text as inputs from activations",
  });
  expect(JSON.parse(row?.inputs ?? "")).toEqual({ v: value });
});

test("a configuration fills inputs that are left open, moves the execution, and is named where its value is wrong", async () => {
  await using store = await createTestDatabase();
  const inputs = [
    { name: "path", type: "pg\\string" },
    { name: "count", type: "pg\\int" },
  ];
  const id = await register(store.database, { name: "Configured", inputs });
  const other = await register(store.database, { name: "Other", inputs });
  const spec = { pipeline: id, queue: "Night", priority: 7, inputs: { path: "b", count: 3, unknown: 1 } };
  await declare(store.database, "PipelineConfig", "near", spec);
  await declare(store.database, "PipelineConfig", "far", { selector: {}, inputs: { count: "three" } });
  await using here = await startTriggers(store.database);
  const decisions = await here.activator.activate([event(id), event(other)]);
  expect(decisions.map((one) => (one.kind === "refused" ? one.message : one.kind))).toEqual([
    "activated",
    "input 'count' takes pg\\int, got string \"three\" (from PipelineConfig/far)",
  ]);
  const [row] = await store.database.query({
    name: "",
    text: "select queue, priority, inputs::text as inputs from executions join activations on activation_id = execution_id",
  });
  expect(row).toEqual({ queue: "Night", priority: 7, inputs: '{"path":"a","count":3}' });
});

test("a suspended pipeline activates nothing, watches nothing, and says who suspended it", async () => {
  await using store = await createTestDatabase();
  const trigger = fileTrigger("Created", "in/*.csv");
  const inputs = [{ name: "path", type: "pg\\string" }];
  const id = await register(store.database, { name: "Suspended", inputs, triggers: [trigger] });
  await declare(store.database, "PipelineConfig", "stop", { selector: {}, suspend: true });
  await using here = await startTriggers(store.database);
  expect(here.files.watches()).toEqual([]);
  expect(await here.activator.activate([event(id)])).toMatchObject([
    {
      kind: "refused",
      code: "pipeline/suspended",
      message: expect.stringContaining("by PipelineConfig/stop") as string,
    },
  ]);
});
