import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder, polyglotCommand } from "./session.fixture.ts";
import { RunningUp } from "./up.fixture.ts";

const files = {
  "unsure.pg": `\
[@] io.example>Hello
[D] @Lib << py"./lib.py"
[X]

[|] Inner
[i] file: pg\\string
[t] |T.Call
[r] @Lib|fail_once << file >> calls: py\\int
[o] >> calls
[x]

[|] Unsure
[i] file: pg\\string
[t] |T.Call
[r] @Lib|note << file >> _: py\\int
[r] |Inner << file >> calls: pg\\int
[o] >> calls
[x]
`,
  "lib.py": `\
def note(file):
    print("noted")
    return 1

def fail_once(file):
    with open(file, "a") as counter:
        counter.write("x")
    calls = len(open(file).read())
    print(f"call {calls}")
    if calls == 1:
        raise ValueError("not yet")
    return calls
`,
};

test("trace has each attempt with its steps, and logs the lines of one step and those below it", async () => {
  const folder = createFolder(files);
  await RunningUp.start(folder);
  const input = `file=${join(folder, "calls.txt")}`;
  const id = (await polyglotCommand(folder, ["run", "Unsure", "--input", input, "--wait", "-o", "name"])).stdout.trim();

  const drawing = await polyglotCommand(folder, ["trace", id]);
  expect(drawing.stdout.split("\n").flatMap(nameAndState)).toEqual([
    `${id} succeeded`,
    "attempt 1 of 3 failed",
    "run.0 succeeded",
    "run.1 failed",
    "  run.1/run.0 failed",
    "attempt 2 of 3 succeeded",
    "run.0 succeeded",
    "run.1 succeeded",
    "  run.1/run.0 succeeded",
  ]);

  const data = await polyglotCommand(folder, ["trace", id, "-o", "json"]);
  expect(JSON.parse(data.stdout)).toMatchObject({
    execution_id: id,
    steps: [{ node_id: "run.0" }, { node_id: "run.1/run.0", state: "succeeded" }, { node_id: "run.1" }],
    attempts: [
      { outcome: "failed", steps: [{}, { node_id: "run.1/run.0", state: "failed" }, {}] },
      { outcome: "succeeded", steps: [{}, { node_id: "run.1/run.0", state: "succeeded" }, {}] },
    ],
  });

  const called = await polyglotCommand(folder, ["logs", id, "--follow", "--step", "run.1"]);
  expect(called.stdout).toMatch(/^\S+ info {4}run\.1\/run\.0 call 1\n\S+ info {4}run\.1\/run\.0 call 2\n$/);
  const noted = await polyglotCommand(folder, ["logs", id, "--step", "run.0"]);
  expect(noted.stdout.match(/ run\.0 noted\n/g)).toHaveLength(2);
});

/** Of the lines that have a state: how long things took is not what this is about. */
function nameAndState(line: string): string[] {
  const [state] = /\b(succeeded|failed)\b/.exec(line) ?? [];
  const [name] = /^ *\S+( \d of \d)?/.exec(line) ?? [];
  return state === undefined || name === undefined ? [] : [`${name} ${state}`];
}
