import { expect, test } from "vitest";
import { readActivations } from "../store/activation-log.ts";
import { createTestDatabase } from "../store/test-database.ts";
import { register, startTriggers } from "./triggers.fixture.ts";

test("every event is listed with what was decided and why, newest first", async () => {
  await using store = await createTestDatabase();
  const id = await register(store.database, { name: "Once", inputs: [{ name: "path", type: "pg\\string" }] });
  const here = await startTriggers(store.database);
  const send = async (pipelineId: string, inputs: Record<string, string>, key: string | null) => {
    const context = { timestamp: "2026-01-01T00:00:00Z" };
    const event = { pipelineId, triggerName: "api", triggerKey: null, triggerContext: context, inputs, host: null };
    const [decision] = await here.activator.activate([{ ...event, dedupeKey: key }]);
    return decision;
  };
  const first = await send(id, { path: "a" }, "k");
  await send(id, { path: "b" }, "k");
  await send(id, { path: "c" }, "k");
  await send(id, {}, null);
  await send("io.test>Triggers#Gone", {}, null);
  await here[Symbol.asyncDispose]();

  const rows = await readActivations(store.database, "", "", 10);
  const executionId = first?.kind === "activated" ? first.executionId : "";
  expect(rows.map((row) => [row.decision, row.reason, row.execution_id, row.times]).reverse()).toEqual([
    ["activated", "", executionId, 1],
    ["duplicate", "'k' came before", executionId, 2],
    ["refused", expect.stringContaining("path"), null, 1],
    ["refused", "no pipeline 'io.test>Triggers#Gone' is registered", null, 1],
  ]);
  expect(await readActivations(store.database, id, "refused", 10)).toHaveLength(1);
});
