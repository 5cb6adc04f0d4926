/** Secrets with the real programs: steps get them, and nothing that is kept, shown or written down has one. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Execution } from "@polyglot/contracts/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiClient } from "../client/api-client.ts";
import { LocalSystem } from "./system.ts";

const stored = 'correct+horse/battery?staple "7"';
const rotated = "Tr0ub4dor&3-and-more";
const inFile = "from-a-file-5a21";
const inVariable = "from-a-variable-77c0";
const variable = "POLYGLOT_TEST_SECRET_LOGIN";
const values = [stored, rotated, inFile, inVariable];

const objects = `\
apiVersion: polyglot.dev/v1
kind: Secret
metadata: { name: login }
spec: { store: true }
---
apiVersion: polyglot.dev/v1
kind: Secret
metadata: { name: of-file }
spec: { file: login.txt }
---
apiVersion: polyglot.dev/v1
kind: Secret
metadata: { name: of-variable }
spec: { env: ${variable} }
---
apiVersion: polyglot.dev/v1
kind: Secret
metadata: { name: of-others }
spec: { store: true, namespaces: [io.other, io.test>Secret] }
---
apiVersion: polyglot.dev/v1
kind: Secret
metadata: { name: outside }
spec: { file: ../outside.txt }
`;

const pipelines = String.raw`
[@] io.test>Secrets
[D] @Work << py"./work.py"
[X]

[|] Measure
[i] Default name: pg\string << "login"
[t] |T.Call
[r] |U.Secret.Get << name >> value: pg\string
[r] |U.Log.Info << "logged {value} here"
[r] @Work|show << value >> length: py\int
[o] >> length
[x]

[|] Give
[t] |T.Call
[r] |U.Secret.Get << "login" >> value: pg\string
[o] >> given << "Basic {value}"
[x]

[|] Fail
[t] |T.Call
[Q] |Q.Retry.MaxAttempts << 1
[r] |U.Secret.Get << "login" >> value: pg\string
[r] @Work|fail << value
[x]

[|] Remember
[t] |T.Call
[Q] |Q.Retry.MaxAttempts << 1
[r] |U.Secret.Get << "login" >> value: pg\string
[r] |U.State.Set << "login" << value
[x]

[|] Again
[i] folder: pg\string
[t] |T.Call
[Q] |Q.Checkpoint << True
[Q] |Q.Retry.MaxAttempts << 2
[Q] |Q.Retry.Strategy << #RetryStrategy.Immediate
[r] |U.Secret.Get << "login" >> value: pg\string
[r] @Work|note << folder << "plain"
[r] @Work|wrap << folder << value >> wrapped: py\str
[r] @Work|once << folder
[r] @Work|show << wrapped >> length: py\int
[o] >> length
[x]
`;

const functions = `
import base64, os, sys

def show(value):
    print("printed", value)
    print("encoded", base64.b64encode(("user:" + value).encode()).decode())
    print("in pieces", end=" "); sys.stdout.write(value[:5]); sys.stdout.flush(); print(value[5:])
    os.write(1, b"x" * 16380 + value.encode() + b"y\\n")
    print("environment", any(value in text for text in os.environ.values()))
    return len(value)

def fail(value):
    raise ValueError("not a login: " + value)

def note(folder, word):
    with open(os.path.join(folder, "notes"), "a") as file:
        file.write(word + "\\n")
    return word

def wrap(folder, value):
    note(folder, "wrap")
    return "<" + value + ">"

def once(folder):
    try:
        open(os.path.join(folder, "done"), "x").close()
    except FileExistsError:
        return
    raise ValueError("the first time")
`;

let folder: string;
let system: LocalSystem;
let api: ApiClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-secrets-"));
  const dataFolder = join(folder, ".polyglot");
  mkdirSync(join(folder, "secrets"));
  writeFileSync(join(folder, "secrets", "login.txt"), `${inFile}\n`);
  writeFileSync(join(folder, "outside.txt"), "outside");
  process.env[variable] = inVariable;
  const controllerFlags = ["--secret-env-prefix", "POLYGLOT_TEST_", "--secret-folder", join(folder, "secrets")];
  const options = { dataFolder, dataRoot: folder, listen: "127.0.0.1:0", agentFlags: [], onNews: () => undefined };
  system = new LocalSystem({ ...options, controllerFlags });
  api = new ApiClient(await system.start());
  const { diagnostics } = await api.call.apply({
    files: [
      { path: "secrets.pg", content: Buffer.from(pipelines) },
      { path: "secrets.yaml", content: Buffer.from(objects) },
      { path: "work.py", content: Buffer.from(functions) },
    ],
  });
  if (diagnostics.length > 0) throw new Error(diagnostics.map((one) => one.message).join("; "));
});

afterAll(async () => {
  delete process.env[variable];
  api?.close();
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const set = (name: string, value: string) => api.call.setSecret({ name, value: Buffer.from(value) });

async function run(name: string, inputs: Record<string, string> = {}): Promise<Execution> {
  const { executionId } = await api.call.run({ pipelineId: `io.test>Secrets#${name}`, inputs });
  return api.call.waitExecution({ executionId, timeoutSeconds: 60 });
}

async function linesOf({ executionId }: Execution): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of api.call.readLogs({ executionId })) lines.push(...batch.lines.map(({ text }) => text));
  return lines;
}

test("steps get a secret, from wherever its value comes, and the next execution gets what it is by then", async () => {
  await set("login", stored);
  expect((await run("Measure")).outputs).toEqual({ length: stored.length });
  await set("login", rotated);
  expect((await run("Measure")).outputs).toEqual({ length: rotated.length });
  await set("login", stored);
  expect((await run("Measure", { name: "of-file" })).outputs).toEqual({ length: inFile.length });
  expect((await run("Measure", { name: "of-variable" })).outputs).toEqual({ length: inVariable.length });
});

test("what a step prints of it is left out, encoded and in pieces too, and it is in no environment", async () => {
  const execution = await run("Measure");
  const lines = (await linesOf(execution)).map((line) => line.replaceAll(/x{100,}/g, "xx"));
  expect(lines.slice(0, 3)).toEqual([
    "logged [secret] here",
    "printed [secret]",
    expect.stringMatching(/^encoded .{1,8}\[secret\].{0,4}$/),
  ]);
  expect(lines).toContain("in pieces [secret]");
  expect(lines).toContain("environment False");
  const long = lines.filter((line) => line.startsWith("xx") || line.includes("y"));
  expect(long.join("")).toContain("[secret]");
});

test.each([
  [
    "Give",
    {},
    "pg\\!PermissionError",
    "output 'given' may not hold the value of secret 'login': it is kept in the clear",
  ],
  [
    "Remember",
    {},
    "pg\\!PermissionError",
    "the state may not hold the value of secret 'login': it is kept in the clear",
  ],
  ["Fail", {}, "py\\!ValueError", "not a login: [secret]"],
  ["Measure", { name: "nowhere" }, "pg\\!DependencyError", "no Secret 'nowhere' is declared"],
  [
    "Measure",
    { name: "of-others" },
    "pg\\!PermissionError",
    "secret 'of-others' is not for pipelines of 'io.test>Secrets'",
  ],
  ["Measure", { name: "outside" }, "pg\\!ConfigError", "secret 'outside': '../outside.txt' is not below the folder"],
])("%s %j ends with %s", async (name, inputs, type, message) => {
  const { error } = await run(name, inputs);
  expect(error).toMatchObject({ type, message: expect.stringContaining(message) });
});

test("a step whose results hold it is not committed, and runs again", async () => {
  // User code may run as another user than the one that runs the tests.
  const shared = join(folder, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  chmodSync(folder, 0o755);
  const execution = await run("Again", { folder: shared });
  expect(execution).toMatchObject({ state: "succeeded", attemptNo: 2, outputs: { length: stored.length + 2 } });
  expect(readFileSync(join(shared, "notes"), "utf8").trim().split("\n")).toEqual(["plain", "wrap", "wrap"]);
  const [warning] = (await linesOf(execution)).filter((line) => line.includes("not committed"));
  expect(warning).toContain("the results hold the value of secret 'login'");
});

test("no answer of the API, no log and no file of the store has a value", async () => {
  const { executions } = await api.call.listExecutions({ limit: 100 });
  const answers: unknown[] = [await api.call.listSecrets({}), await set("login", stored)];
  for (const { executionId } of executions) {
    answers.push(await api.call.getExecution({ executionId }));
    for await (const batch of api.call.readLogs({ executionId })) answers.push(batch);
  }
  const text = JSON.stringify(answers, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  for (const value of values) expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
  await system.stop();
  expect(filesWith(join(folder, ".polyglot"))).toEqual([]);
});

/** Files below the folder that hold a value, plain, as base64 or as hex. */
function filesWith(root: string): string[] {
  const forms = values.flatMap((value) => {
    const bytes = Buffer.from(value);
    return [value, bytes.toString("base64"), bytes.toString("hex"), JSON.stringify(value).slice(1, -1)];
  });
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const content = readFileSync(path);
      return forms.some((form) => content.includes(form));
    });
}
