/** The actions that others use: their commands, run as they are written, by the shell that GitHub runs them with. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { RunningUp } from "../cli/commands/up.fixture.ts";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: {
    readonly steps: readonly { readonly run: string; readonly env?: Readonly<Record<string, string>> }[];
  };
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-action-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Runs the steps one after the other until one fails. */
async function use(name: string, inputs: Readonly<Record<string, string>>, environment: Record<string, string> = {}) {
  const path = join(import.meta.dirname, "..", ".github", "actions", name);
  const { inputs: declared, runs } = parse(readFileSync(join(path, "action.yml"), "utf8")) as Action;
  const value = (_: string, input: string) => inputs[input] ?? declared[input]?.default ?? "";
  const temporary = join(folder, "temporary");
  mkdirSync(temporary, { recursive: true });
  const own = { RUNNER_TEMP: temporary, GITHUB_ACTION_PATH: path, GITHUB_OUTPUT: join(folder, "output") };
  const summary = { GITHUB_STEP_SUMMARY: join(folder, "summary") };
  let output = "";
  for (const { run, env = {} } of runs.steps) {
    const filled = Object.entries(env).map(([key, given]) => [
      key,
      given.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, value),
    ]);
    const { PATH = "", HOME = "" } = process.env;
    const shell = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], {
      cwd: folder,
      env: { PATH, HOME, ...own, ...summary, ...environment, ...Object.fromEntries(filled) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, "exit")]);
    output += stdout + stderr;
    if (code !== 0) return { code: code as number, output };
  }
  return { code: 0, output };
}

const pipeline = (line: string) => `[@] demo>A\n[X]\n\n[|] A\n${line}[t] |T.Cli\n[o] >> answer: pg\\int << 1\n[x]\n`;

test("validate marks the line of what is wrong, and passes what is right", async () => {
  write({ "etl/a.pg": pipeline("[i] no type here\n") });
  const bad = await use("validate", { path: "etl" });
  expect(bad).toMatchObject({ code: 1, output: expect.stringMatching(/^::error file=etl\/a\.pg,line=5,/m) });
  write({ "etl/a.pg": pipeline("") });
  expect(await use("validate", { path: "etl" })).toMatchObject({ code: 0 });
});

test("plan tells the summary and the pull request what would change", async () => {
  const data = join(folder, "up");
  mkdirSync(data);
  await RunningUp.start(data);
  const { url, ca, token } = JSON.parse(readFileSync(join(data, ".polyglot", "endpoint.json"), "utf8")) as Record<
    string,
    string
  >;
  const comments: unknown[] = [];
  const api = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on("data", (chunk: Buffer) => body.push(chunk));
    request.on("end", () => {
      const comment = JSON.parse(Buffer.concat(body).toString()) as object;
      comments.push({ at: request.url, by: request.headers.authorization, ...comment });
      response.writeHead(201).end("{}");
    });
  }).listen(0, "127.0.0.1");
  try {
    await once(api, "listening");
    write({ "etl/a.pg": pipeline(""), "event.json": '{"pull_request":{"number":7}}' });
    const inputs = { url: url ?? "", token: token ?? "", ca: ca ?? "", path: "etl", "github-token": "a-token" };
    const answered = await use("plan", inputs, {
      GITHUB_API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: "team/pipelines",
      GITHUB_EVENT_PATH: join(folder, "event.json"),
    });
    expect(answered).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, "output"), "utf8")).toBe("changes=true\n");
    expect(readFileSync(join(folder, "summary"), "utf8")).toContain("+ Pipeline/demo>A#A created");
    const body = expect.stringContaining("+ Pipeline/demo>A#A created");
    expect(comments).toEqual([{ at: "/repos/team/pipelines/issues/7/comments", by: "Bearer a-token", body }]);
  } finally {
    api.close();
  }
});
