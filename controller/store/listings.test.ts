import { createExecutionId } from "@polyglot/contracts";
import { expect, test } from "vitest";
import type { Queryable } from "./database.ts";
import { type LogPosition, readAttemptHistory, readLogLines } from "./listings.ts";
import { writeLogs } from "./logs.ts";
import { createTestDatabase } from "./test-database.ts";

const start: LogPosition = { attemptNo: 0, sequence: 0 };

/** One line of each of these steps, in this order. */
async function logged(database: Queryable, nodes: readonly string[]): Promise<string> {
  const executionId = createExecutionId();
  const line = { executionId, attemptNo: 1, at: new Date(), level: "info" };
  const lines = nodes.map((nodeId, index) => ({ ...line, nodeId, sequence: index + 1, text: `of ${nodeId}` }));
  await writeLogs(database, lines);
  return executionId;
}

test("the lines of a step are its own and those of the steps below it", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const nodes = ["run.1", "run.10", "run.1.0", "run.1/run.0", "run.1.!0.0", "run.1[3]/run.0", "run.2/run.1", ""];
  const id = await logged(database, nodes);
  const of = async (step: string) =>
    (await readLogLines(database, id, start, step, 100)).lines.map((row) => row.node_id);
  expect(await of("run.1")).toEqual(["run.1", "run.1.0", "run.1/run.0", "run.1.!0.0", "run.1[3]/run.0"]);
  expect(await of("run.1[3]")).toEqual(["run.1[3]/run.0"]);
  expect(await of("run.2/run.1")).toEqual(["run.2/run.1"]);
  expect(await of("run.%")).toEqual([]);
  expect(await of("")).toEqual(nodes);
});

test("whoever reads on passes the lines of other steps once", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const id = await logged(database, ["run.0", "run.1", "run.1"]);
  const first = await readLogLines(database, id, start, "run.0", 2);
  expect(first).toMatchObject({ lines: [{ line: "of run.0" }], end: { attemptNo: 1, sequence: 2 }, isFull: true });
  const rest = await readLogLines(database, id, first.end ?? start, "run.0", 2);
  expect(rest).toEqual({ lines: [], end: { attemptNo: 1, sequence: 3 }, isFull: false });
});

test("each attempt has its steps, the newest ones first where not all fit", async () => {
  await using store = await createTestDatabase();
  const { database } = store;
  const id = createExecutionId();
  const steps = (node: string) => JSON.stringify([{ node_id: node }]);
  await insertExecution(database, id, [steps("old"), null, steps("new")]);
  const read = async (bytes: number) => (await readAttemptHistory(database, id, bytes)).map((row) => row.steps);
  expect(await read(1_000)).toEqual([[{ node_id: "old" }], null, [{ node_id: "new" }]]);
  expect(await read(steps("new").length)).toEqual([null, null, [{ node_id: "new" }]]);
  expect(await read(1)).toEqual([null, null, null]);
});

/** An execution with failed attempts that left these steps. */
async function insertExecution(database: Queryable, id: string, steps: readonly (string | null)[]): Promise<void> {
  const activation = `insert into activations (activation_id, pipeline_id, trigger_name, trigger_context, inputs, at)
    values ($1, 'a#B', 'run', '{}', '{}', now())`;
  const execution = `insert into executions
    (execution_id, pipeline_id, plan_digest, queue, shard, priority, max_attempts, due_at, enqueued_at)
    values ($1, 'a#B', 'sha256:x', 'Default', 'queue/0', 0, 3, now(), now())`;
  const attempts = `insert into attempts (execution_id, attempt_no, outcome, steps, cleanup, claimed_at, ended_at)
    select $1, no, 'failed', steps, 'none', now(), now() from unnest($2::json[]) with ordinality as given (steps, no)`;
  await database.query({ name: "", text: activation }, [id]);
  await database.query({ name: "", text: execution }, [id]);
  await database.query({ name: "", text: attempts }, [id, steps]);
}
