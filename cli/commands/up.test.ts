import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";
import { descendantsOf, gone, RunningUp } from "./up.fixture.ts";

const files = {
  "hello.pg": `\
[@] io.example>Hello
[D] @Shout << py"./shout.py"
[X]

[|] Shout
[i] text: pg\\string
[i] Default times: pg\\int << 3
[t] |T.Call
[r] @Shout|shout << text << times: times >> loud: py\\str
[o] >> loud
[x]
`,
  "shout.py": `\
def shout(text, times=1):
    print(f"shouting {times} times")
    return text.upper() + "!" * times
`,
};

test("a folder's pipelines run, wrong inputs are named before anything is sent, a change is applied", async () => {
  const folder = createFolder(files);
  const up = await RunningUp.start(folder);
  const ran = await polyglotCommand(folder, ["run", "Shout", "--input", "text=hello", "--wait", "-o", "json"]);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    state: "succeeded",
    inputs: { text: "hello", times: 3 },
    outputs: { loud: "HELLO!!!" },
    attempt_no: 1,
  });
  expect(await session(folder, "run Shout --input times=many --input txt=a", "run Shuot --input text=a")).toBe(`\
$ polyglot run Shout --input times=many --input txt=a
! input 'text' (pg\\string) has no value and no default
! input 'times' takes pg\\int, got string "many"
! the pipeline has no input 'txt'; it takes 'text', 'times'
(2)
$ polyglot run Shuot --input text=a
! no pipeline 'Shuot'; did you mean 'Shout'?
(2)`);
  const executions = await polyglotCommand(folder, ["get", "executions", "-o", "name"]);
  expect(executions.stdout.trim().split("\n")).toHaveLength(1);
  const log = await polyglotCommand(folder, ["logs", executions.stdout.trim()]);
  expect(log.stdout).toContain("shouting 3 times");

  const before = up.news.length;
  writeFileSync(join(folder, "shout.py"), files["shout.py"].replace("upper", "lower"));
  await up.said(/^Pipeline\/io.example>Hello#Shout changed$/, before);
  const again = await polyglotCommand(folder, ["run", "Shout", "--input", "text=HELLO", "--wait", "-o", "json"]);
  expect(JSON.parse(again.stdout)).toMatchObject({ outputs: { loud: "hello!!!" } });
});

test("a program that is killed is started again, and what was accepted is there", async () => {
  const folder = createFolder(files);
  const up = await RunningUp.start(folder);
  const before = up.news.length;
  process.kill(up.child("controller.js"), "SIGKILL");
  await up.said(/^controller runs again$/, before);
  process.kill(up.child("agent.js"), "SIGKILL");
  await up.said(/^agent runs again$/, before);
  process.kill(up.child("cluster"), "SIGKILL");
  await up.said(/^PostgreSQL runs again$/, before);
  const ran = await polyglotCommand(folder, ["run", "Shout", "--input", "text=hi", "--wait", "-o", "name"]);
  expect(ran).toMatchObject({ code: 0 });
});

test("a second up in the same folder is refused and leaves the first alone", async () => {
  const folder = createFolder();
  const up = await RunningUp.start(folder);
  const second = await polyglotCommand(folder, ["up", folder]);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`is in use by process ${up.pid}`);
  expect(await polyglotCommand(folder, ["get", "agents", "-o", "name"])).toMatchObject({ code: 0 });
});

test("an orderly stop ends with code 0 and leaves no process and no endpoint", async () => {
  const folder = createFolder();
  const up = await RunningUp.start(folder);
  const children = up.descendants();
  expect(children.length).toBeGreaterThanOrEqual(3);
  expect(await up.stop()).toBe(0);
  await gone(children);
  expect(existsSync(join(folder, ".polyglot", "endpoint.json"))).toBe(false);
});

test("nothing is left of an up that gets SIGKILL, and the next one starts in its folder", async () => {
  const folder = createFolder();
  const up = await RunningUp.start(folder);
  const children = up.descendants();
  up.process.kill("SIGKILL");
  await gone([up.pid, ...children]);
  const next = await RunningUp.start(folder);
  expect(next.news.filter((line) => line.includes("did not start"))).toEqual([]);
});

test("an up stops by itself when the parent that it was told of is killed", async () => {
  const folder = createFolder();
  const polyglot = join(import.meta.dirname, "..", "polyglot.mjs");
  const script = `POLYGLOT_PARENT_PID=$$ "$0" "$1" up "$2" & wait`;
  const parent = spawn("/bin/sh", ["-c", script, process.execPath, polyglot, folder], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
  const { pid } = JSON.parse(line) as { pid: number };
  const everything = [pid, ...descendantsOf(pid)];
  parent.kill("SIGKILL");
  await gone(everything);
  expect(everything.length).toBeGreaterThanOrEqual(4);
});

test("a stop while it starts is orderly too, and a data folder elsewhere leaves the endpoint where commands look", async () => {
  const folder = createFolder();
  const data = createFolder();
  const up = RunningUp.spawn(folder, "--data-dir", data);
  await up.said(/^controller is ready/);
  expect(existsSync(join(folder, ".polyglot", "endpoint.json"))).toBe(true);
  const children = up.descendants();
  expect(await up.stop()).toBe(0);
  await gone(children);
  expect(existsSync(join(folder, ".polyglot", "endpoint.json"))).toBe(false);
  expect(existsSync(join(data, "postgres", "cluster"))).toBe(true);
});

test("a wait outlives a controller that is killed", async () => {
  const slow = "import time\n\ndef shout(text, times=1):\n    time.sleep(times)\n    return text\n";
  const folder = createFolder({ ...files, "shout.py": slow });
  const up = await RunningUp.start(folder);
  const ran = polyglotCommand(folder, [
    "run",
    "Shout",
    "--input",
    "text=a",
    "--input",
    "times=3",
    "--wait",
    "-o",
    "json",
  ]);
  await polyglotCommandUntil(folder, ["get", "executions", "--state", "running", "-o", "name"]);
  process.kill(up.child("controller.js"), "SIGKILL");
  const { stdout, stderr, code } = await ran;
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/^\S+ started\n$/) });
  expect(JSON.parse(stdout)).toMatchObject({ state: "succeeded" });
});

/** Asks until there is an answer. */
async function polyglotCommandUntil(folder: string, args: readonly string[]): Promise<void> {
  while ((await polyglotCommand(folder, args)).stdout.trim() === "");
}
