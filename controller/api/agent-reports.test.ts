import { create } from "@bufbuild/protobuf";
import { AttemptResultSchema } from "@polyglot/contracts/service";
import { silentLogger, systemClock } from "@polyglot/service";
import { expect, test } from "vitest";
import { MetricsHistory } from "../observe/history.ts";
import { createTestDatabase } from "../store/test-database.ts";
import { readRunEstimates } from "../store/run-estimates.ts";
import { AgentReports } from "./agent-reports.ts";

test("results say in the history what whole executions cost, but those that wait for a person", async () => {
  await using store = await createTestDatabase();
  const history = new MetricsHistory(store.database, systemClock, silentLogger);
  const nothing = () => undefined;
  const listeners = { onAgents: nothing, onHost: nothing, onPrepared: () => Promise.resolve() };
  const reports = new AgentReports(store.database, [history], listeners);
  const result = (outcome: string, durationMs: number) =>
    create(AttemptResultSchema, { executionId: "e", outcome, metrics: { durationMs } });
  reports.ran("t#A", result("succeeded", 200));
  reports.ran("t#A", result("failed", 400));
  reports.ran("t#A", result("waiting", 9_000));
  await history.flush();
  const estimates = await readRunEstimates(store.database, ["t#A"], new Date(0));
  expect(estimates).toEqual([{ pipelineId: "t#A", runs: 2, meanMs: 300 }]);
});
