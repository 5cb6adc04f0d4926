/**
 * User code that does its worst, in each language, while others' executions go on: it comes to the end that is said here, no
 * process of it is left, and nobody else notices. A step that would go on forever is killed when it says that it is at it.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createBundle, type NativeLanguage, type Plan, type Target } from "@polyglot/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { processesWith } from "../../limits/process-table.ts";
import type { AttemptReport } from "../attempt.ts";
import { ExecutionBed } from "../bed.fixture.ts";
import { literal, out, program } from "../conformance/program.ts";
import { raised } from "../raised.ts";

const bystanders = 100;

const files = { py: "poison.py", js: "poison.mjs", rust: "poison.rs", cpp: "poison.cpp" } satisfies Record<
  NativeLanguage,
  string
>;
const families = { py: "Python", js: "Node", rust: "Rust", cpp: "Cpp" } satisfies Record<NativeLanguage, string>;

const read = (name: string) => readFileSync(new URL(`./lib/${name}`, import.meta.url));
const echo = "def echo(x):\n    return x\n";
const bundle = createBundle(
  new Map([
    ...Object.values(files).map((name) => [name, new Uint8Array(read(name))] as const),
    ["echo.py", new TextEncoder().encode(echo)],
  ]),
);

/** Outcome and error. */
type End = `${AttemptReport["outcome"]} ${string}`;

/** What each comes to; `crash`: an error of the language. */
const byHand: End = "killed pg\\!KilledError";
const outOfMemory: End = "killed pg\\!OOMError";
const diskFull: End = "failed pg\\!DiskFullError";
const ends = {
  fork_bomb: byHand,
  memory_hog: outOfMemory,
  endless_loop: byHand,
  ignores_sigterm: byHand,
  output: "succeeded ",
  prints: "succeeded ",
  segmentation_fault: "failed crash",
  abort: "failed crash",
  stack_overflow: "failed crash",
  daemon: byHand,
  zombies: byHand,
  disk_filler: diskFull,
  open_files: "failed crash",
  huge_result: "failed pg\\!ResourceError",
} satisfies Record<string, End>;

const errors: Readonly<Record<NativeLanguage, Readonly<Record<string, string>>>> = {
  py: { crash: "py\\!SystemError", stack_overflow: "py\\!RecursionError", open_files: "py\\!OSError" },
  js: { crash: "js\\!Error", stack_overflow: "js\\!RangeError" },
  rust: { crash: "rust\\!Panic", open_files: "rust\\!IOError" },
  cpp: {
    crash: "cpp\\!Exception",
    segmentation_fault: "cpp\\!SegmentationFault",
    stack_overflow: "cpp\\!SegmentationFault",
    open_files: "cpp\\!RuntimeError",
  },
};

/** Its process has answered and stays warm for the next call. */
const answers = (lang: NativeLanguage, kind: keyof typeof ends): boolean =>
  ["output", "prints", "open_files"].includes(kind) || (kind === "stack_overflow" && (lang === "py" || lang === "js"));

function endOf(lang: NativeLanguage, kind: keyof typeof ends): string {
  const end = ends[kind];
  return end.endsWith(" crash") ? `failed ${errors[lang][kind] ?? errors[lang]["crash"]}` : end;
}

const tokens: string[] = [];
const bed = new ExecutionBed({}, { maxProcesses: 64, maxDiskBytes: 64 * 2 ** 20, maxOpenFiles: 1_024 });

beforeAll(async () => {
  bed.hold(bundle);
  await bed.start();
  for (const lang of ["rust", "cpp"] as const) {
    await bed.runtimes.prepare([{ target: targetOf(lang), version: undefined }]);
  }
});
afterAll(() => bed.stop());

function targetOf(lang: NativeLanguage): Extract<Target, { kind: "native" }> {
  const type = { rust: "rust\\&str", cpp: "cpp\\string", py: "py\\str", js: "js\\string" }[lang];
  return {
    kind: "native",
    lang,
    origin: "bundle",
    path: files[lang],
    function: "poison",
    bundle_digest: bundle.digest,
    signature: { parameters: [{ name: "kind", optional: false, type }] },
  };
}

function poisonPlan(lang: NativeLanguage, kind: string, token: string): Plan {
  return program({
    queue: { kill: { memory_bytes: (kind === "huge_result" ? 2_048 : 256) * 2 ** 20, grace_seconds: 1 } },
    wrappers: [
      {
        node: "w0",
        name: `W.Runtime.${families[lang]}`,
        arguments: [{ name: "env", value: literal({ POISON: token }) }],
        results: [],
      },
    ],
    run: [
      {
        kind: "call",
        node: kind,
        after: [],
        target: targetOf(lang),
        arguments: [{ value: literal(kind), from: "pg\\string", to: "pg\\string" }],
        results: [{ variable: "result", from: "pg\\any", type: "pg\\any" }],
        handlers: [],
      },
    ],
  });
}

const bystander = program({
  run: [
    {
      kind: "call",
      node: "echo",
      after: [],
      target: { ...targetOf("py"), path: "echo.py", function: "echo", signature: { parameters: [] } },
      arguments: [{ value: literal(7), from: "pg\\int", to: "pg\\any" }],
      results: [{ variable: "x", from: "pg\\any", type: "pg\\any" }],
      handlers: [],
    },
  ],
  outputs: [out("x")],
});

const describeReport = ({ outcome, error }: AttemptReport): string => `${outcome} ${error?.type ?? ""}`;

describe.each(Object.keys(files) as NativeLanguage[])("poison in %s", (lang) => {
  test.each(Object.keys(ends) as (keyof typeof ends)[])("%s is contained", async (kind) => {
    const token = randomUUID();
    tokens.push(token);
    const run = bed.run(poisonPlan(lang, kind, token));
    const others = Array.from({ length: bystanders }, () => bed.run(bystander).report);
    if (endOf(lang, kind) === byHand) {
      await Promise.race([run.said("armed"), run.report]);
      bed.executioner.end(run.attempt.executionId, 1, { kind: "killed", error: raised("KilledError", "enough") });
    }
    const report = await run.report;
    const outcomes = (await Promise.all(others)).map((other) => `${other.outcome} ${JSON.stringify(other.outputs)}`);
    await run.ended;
    expect(describeReport(report)).toBe(endOf(lang, kind));
    expect(new Set(outcomes)).toEqual(new Set(['succeeded {"x":7}']));
    const left = await processesWith(`POISON=${token}`);
    expect(left.length > 0).toBe(answers(lang, kind));
    expect(run.lines.length).toBeLessThan(20_003);
  });
});

test("nothing of any of them outlives the agent", async () => {
  await bed.stop();
  const left = await Promise.all(tokens.map((token) => processesWith(`POISON=${token}`)));
  expect(left.flat()).toEqual([]);
});
