import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder, polyglotCommand } from "./session.fixture.ts";
import { RunningUp } from "./up.fixture.ts";

const pipeline = (step: string) => `\
[@] io.example>Load
[X]

[|] Load
[i] row: pg\\int
[t] |T.Call
[Q] |Q.MaxAttempts << 1
${step}
[o] row
[x]
`;
const broken = pipeline('[r] |U.Error.Raise << "row {row} is bad" << "pg\\\\!ValueError"');
const mended = pipeline('[r] |U.Log << "row {row}"');

test("dead letters are grouped, edited, begun anew on the mended plan, and dropped", async () => {
  const folder = createFolder({ "load.pg": broken });
  await RunningUp.start(folder);
  const polyglot = (...args: string[]) => polyglotCommand(folder, args);
  const json = async (...args: string[]) => JSON.parse((await polyglot(...args, "-o", "json")).stdout);
  for (const row of [7, 8, 9]) await polyglot("run", "Load", "-i", `row=${row}`, "--wait");

  const [group, ...others] = await json("dlq", "list", "--group");
  expect(group).toMatchObject({ pipeline_id: "io.example>Load#Load", count: 3 });
  expect(others).toEqual([]);
  const [third, second, first] = await json(
    "dlq",
    "list",
    "--fingerprint",
    group.fingerprint,
    "--error",
    "pg\\!ValueError",
  );
  const shown = await polyglot("dlq", "show", third.execution_id);
  expect(shown.stdout).toContain('inputs:   {"row": 9}');
  expect(shown.stdout).toContain("attempt 1: failed");
  expect(shown.stdout).toContain("pg\\!ValueError: row 9 is bad");

  expect(await polyglot("dlq", "edit", third.execution_id, "-i", "row=many")).toMatchObject({ code: 2 });
  expect(await json("dlq", "edit", third.execution_id, "-i", "row=10")).toMatchObject({ edited_inputs: { row: 10 } });
  writeFileSync(join(folder, "load.pg"), mended);
  expect(await polyglot("apply", "-f", "load.pg")).toMatchObject({ code: 0 });

  const [begun] = await json("dlq", "requeue", third.execution_id, "--current-plan");
  expect(begun).toMatchObject({ execution_id: third.execution_id, decision: "requeued" });
  const [again] = await json("dlq", "requeue", third.execution_id);
  expect(again).toEqual({ ...begun, decision: "duplicate" });
  const retried = await polyglot("retry", third.execution_id, "--wait");
  expect(retried.stderr).toContain("was started before");
  const ended = await json("get", "executions", begun.requeued_as);
  expect(ended).toMatchObject({ state: "succeeded", outputs: { row: 10 }, replay_of: third.execution_id });

  const [old] = await json("dlq", "requeue", second.execution_id);
  await polyglot("logs", old.requeued_as, "-f");
  expect(await json("get", "executions", old.requeued_as)).toMatchObject({ state: "dead_lettered" });
  expect(await polyglot("dlq", "drop")).toMatchObject({ code: 2 });
  expect((await polyglot("dlq", "drop", first.execution_id, "--note", "known")).stdout).toBe("1 dropped\n");
  expect((await polyglot("dlq", "list", "-o", "name")).stdout.trim()).toBe(old.requeued_as);
  expect(await json("get", "queue", "Default")).toMatchObject({ dead_letters: 1 });
  const states = (await json("dlq", "list", "--settled")).map((row: { state: string }) => row.state);
  expect(states).toEqual(["open", "requeued", "requeued", "dropped"]);
});
