import { create, fromJson } from "@bufbuild/protobuf";
import { type Overview, OverviewSchema } from "@polyglot/contracts/service";
import { renderToString } from "ink";
import { expect, test } from "vitest";
import { Screen } from "./screen.tsx";
import { layOut } from "./sections.ts";

const execution = (number: number, state: string) => ({
  execution_id: `0192f0c0-0000-7000-8000-${String(number).padStart(12, "0")}`,
  pipeline_id: "io.example>Orders#Total",
  state,
  attempt_no: 1,
  enqueued_at: "2026-01-15T10:29:00Z",
  started_at: "2026-01-15T10:29:10Z",
  ...(state === "succeeded" && { ended_at: `2026-01-15T10:29:${10 + number}Z` }),
});

const overview = (executions: object[]): Overview =>
  fromJson(OverviewSchema, {
    agents: [
      {
        agent_id: "good",
        state: "connected",
        running: 1,
        capacity: 4,
        sample: { cpu_percent: 12.4, memory_used_bytes: "1", memory_total_bytes: "4" },
      },
      { agent_id: "away", state: "lost", capacity: 4 },
    ],
    queues: [
      { name: "Default", type: "fifo", waiting: "3", running: "1" },
      { name: "Busy", type: "fifo", waiting: "30" },
    ],
    repositories: [
      {
        name: "orders",
        branch: "main",
        applied_revision: "0123456789abcdef",
        conditions: [{ type: "Ready", status: "True" }],
      },
    ],
    executions: executions as never[],
    at: "2026-01-15T10:30:00Z",
  });

const draw = (picture: Overview, columns: number, lines: number): string[] =>
  renderToString(
    <Screen overview={picture} address="https://127.0.0.1:7443" columns={columns} lines={lines} problem="" />,
    {
      columns,
    },
  ).split("\n");

test("a picture of 80 columns and 24 lines fits, however much there is to show", () => {
  const many = Array.from({ length: 100 }, (_, index) => execution(index, "waiting"));
  const lines = draw(overview(many), 80, 24);
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.join("\n")).toContain("and 92 more");
});

test("what needs a person or works most stands first", () => {
  const picture = overview([
    execution(1, "succeeded"),
    execution(2, "succeeded"),
    execution(3, "waiting"),
    execution(4, "running"),
  ]);
  const { agents, queues, executions } = layOut(picture, 50);
  expect(agents.rows.map((row) => row.agentId)).toEqual(["away", "good"]);
  expect(queues.rows.map((row) => row.name)).toEqual(["Busy", "Default"]);
  expect(executions.rows.map((row) => Number(row.executionId.slice(-2)))).toEqual([4, 3, 2, 1]);
});

test("empty sections say so", () => {
  const text = draw(create(OverviewSchema), 80, 24).join("\n");
  expect(text).toContain("no agent has joined");
  expect(text).toContain("nothing has run");
});

test("figures of a host and times of an execution are for people", () => {
  const lines = draw(overview([execution(4, "running")]), 120, 40);
  expect(lines.find((line) => line.startsWith("good"))).toMatch(/connected +1\/4 +12% +25%/);
  expect(lines.find((line) => line.includes("Orders#Total"))).toMatch(/running +1 .* 1m0s +50\.0 s$/);
});
