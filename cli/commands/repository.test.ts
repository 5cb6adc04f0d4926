/** What a person sees of a git repository that `up` reconciles: good commits, and one with an error. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";
import { RunningUp } from "./up.fixture.ts";

const pipeline = (name: string, call: string): string => `\
[@] io.example>${name}
[D] @Lib << py"./lib.py"
[X]

[|] ${name}
[i] text: pg\\string
[t] |T.Call
[r] @Lib|${call} << text >> answer: py\\str
[o] >> answer
[x]
`;

const files = {
  "left/left.pg": pipeline("Left", "same"),
  "left/lib.py": "def same(text):\n    return text\n",
  "right/right.pg": pipeline("Right", "same"),
  "right/lib.py": "def same(text):\n    return text\n",
};

/** Answers the revision. */
function commit(folder: string): string {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  execFileSync("git", ["add", "--all"], { cwd: folder });
  execFileSync("git", [...identity, "commit", "--quiet", "--message", "Change"], { cwd: folder });
  return execFileSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8" }).trim();
}

interface Shown {
  readonly observed_revision: string;
  readonly applied_revision: string;
  readonly conditions: readonly { readonly type: string; readonly status: string }[];
}

/** Asks until the controller has looked at the revision and said what it thinks of it. */
async function settled(folder: string, revision: string): Promise<Shown> {
  for (;;) {
    const { stdout } = await polyglotCommand(folder, ["get", "repositories", "-o", "json"]);
    const [shown] = JSON.parse(stdout) as Shown[];
    const isSettled = shown?.conditions.some(({ type, status }) => type === "Ready" && status !== "Unknown");
    if (shown?.observed_revision === revision && isSettled) return shown;
  }
}

const run = async (folder: string, name: string, text: string): Promise<unknown> => {
  const { stdout } = await polyglotCommand(folder, ["run", name, "--input", `text=${text}`, "--wait", "-o", "json"]);
  return (JSON.parse(stdout) as { outputs: object }).outputs;
};

test("a commit with an error leaves the last good version in force, says where, and stops nobody else", async () => {
  const folder = createFolder(files);
  execFileSync("git", ["init", "--quiet", "--initial-branch=main"], { cwd: folder });
  const first = commit(folder);
  await RunningUp.start(folder);
  expect(await settled(folder, first)).toMatchObject({ applied_revision: first });

  writeFileSync(join(folder, "left/left.pg"), files["left/left.pg"].replace("[r] @Lib|same", "[r] @Lib|same <<"));
  writeFileSync(join(folder, "right/lib.py"), "def same(text):\n    return text + text\n");
  const second = commit(folder);
  expect(await settled(folder, second)).toMatchObject({ applied_revision: first });
  const shown = await session(folder, "get repositories");
  expect(shown).toMatch(/Ready is False/);
  expect(shown).toMatch(/^left\/left\.pg:8:\d+: error PG\d{4}: /m);
  expect(await run(folder, "Left", "a")).toEqual({ answer: "a" });
  expect(await run(folder, "Right", "a")).toEqual({ answer: "aa" });

  writeFileSync(join(folder, "left/left.pg"), files["left/left.pg"]);
  const third = commit(folder);
  expect(await settled(folder, third)).toMatchObject({ applied_revision: third });
  expect(await session(folder, "get repositories")).not.toMatch(/error/);
});
