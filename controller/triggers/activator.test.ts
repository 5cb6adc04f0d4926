import { expect, test } from "vitest";
import { createTestDatabase } from "../store/test-database.ts";
import type { ActivationRequest } from "./activator.ts";
import { register, startTriggers } from "./triggers.fixture.ts";

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
