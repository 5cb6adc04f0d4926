import { plan as planSchema } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { createCompiler, formatDiagnostic } from "./index.ts";

const compiler = await createCompiler();

function compile(files: Readonly<Record<string, string>>) {
  const bytes = Object.entries(files).map(([path, text]): [string, Uint8Array] => [
    path,
    new TextEncoder().encode(text),
  ]);
  return compiler.compile({ files: new Map(bytes) });
}

const quickstart = {
  "etl.pg": `[@] io.github.alice>ETL
[D] @Clean << py"./lib/clean.py"
[D] @Fmt << js"./lib/format.mjs"
[X]

[|] ProcessData
[i] file_path: pg\\string
[t] |T.FileCreated << "incoming/*.csv" >> file_path
[r] @Clean|dedupe << file_path << keep: "first" >> clean: py\\list
[r] clean >> @Fmt|render << title: "File {file_path}" >> text: pg\\string
[o] >> text
[x]

[|] Greet
[i] name: pg\\string
[t] |T.Call
[r] greeting << "hello {name}"
[o] >> greeting
[x]
`,
  "lib/clean.py": "def dedupe(path, keep):\n    return [path, keep]\n",
  "lib/format.mjs": "export function render(rows, { title }) { return title; }\n",
};

test("the plans of a program are valid and name native code by its bundle", () => {
  const { pipelines, diagnostics, failed } = compile(quickstart);
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  expect(failed).toEqual([]);
  expect(pipelines.map((item) => item.id)).toEqual(["io.github.alice>ETL#ProcessData", "io.github.alice>ETL#Greet"]);
  for (const { plan } of pipelines) expect(planSchema.parse(plan)).toEqual(plan);
  expect(pipelines[0]?.plan.run[0]).toMatchObject({
    kind: "call",
    target: { lang: "py", path: "lib/clean.py", function: "dedupe", bundle_digest: pipelines[0]?.bundle },
  });
});

test("the same source gives the same digest, and so does the same source written with more white space", () => {
  const spread = quickstart["etl.pg"].replaceAll("<<", "  <<  ").replaceAll("\n", "\n\n");
  const digests = (files: Readonly<Record<string, string>>) => compile(files).pipelines.map((item) => item.digest);
  expect(digests(quickstart)).toEqual(digests({ ...quickstart, "etl.pg": spread }));
});

test("a changed file of the bundle changes the plan's digest", () => {
  const changed = { ...quickstart, "lib/clean.py": "def dedupe(path, keep):\n    return []\n" };
  expect(compile(changed).pipelines[0]?.digest).not.toBe(compile(quickstart).pipelines[0]?.digest);
});

test("a file in error names its pipelines and does not keep others from compiling", () => {
  const broken = "[@] other>Space\n[X]\n[|] Broken\n[t] |T.Cli\n[r] |Nowhere\n[x]\n";
  const { pipelines, diagnostics, failed } = compile({ ...quickstart, "other/broken.pg": broken });
  expect(pipelines).toHaveLength(2);
  expect(failed).toEqual([{ file: "other/broken.pg", pipelines: ["other>Space#Broken"] }]);
  expect(diagnostics.map(formatDiagnostic)).toEqual([
    "other/broken.pg:5:6: error PG2005: this namespace has no pipeline 'Nowhere'",
  ]);
});

test("positions name the line of each node and each trigger", () => {
  const { positions, plan } = compile(quickstart).pipelines[0] ?? {};
  expect(positions?.["run.1"]).toEqual({ file: "etl.pg", line: 10, column: 1 });
  expect(positions?.[plan?.triggers[0]?.key ?? ""]).toEqual({ file: "etl.pg", line: 8, column: 5 });
});

test("a queue that [#] Queue declares is an object, at its line", () => {
  const { objects } = compile({
    "q.pg": `[@] a>B\n[X]\n[#] Queue\n[D] Plain\n[D] Fast\n[~][Q] |Q.MaxSize << 5\n[~][Q] |Q.Timeout << T"1:30"\n[x]\n`,
  });
  expect(objects).toMatchObject([
    { kind: "Queue", name: "Plain", file: "q.pg", line: 4, spec: { type: "fifo" } },
    { kind: "Queue", name: "Fast", file: "q.pg", line: 5, spec: { type: "fifo", maxSize: 5, timeout: "90s" } },
  ]);
});

test("an import from git is carried in the result, and what needs its files is not planned", () => {
  const key = "git+https://example.com/x.git@v1";
  const pipeline = (name: string, step: string): string => `[|] ${name}\n[t] |T.Call\n${step}\n[x]\n`;
  const files = {
    "main.pg": `[@] a>Main\n[D] @X << ${key}\n[X]\n${pipeline("Uses", "[r] @X|Load")}`,
    "caller/caller.pg": `[@] a>Caller\n[D] @Main << @a>Main\n[X]\n${pipeline("Calls", "[r] @Main|Uses")}`,
    "other/other.pg": `[@] a>Other\n[X]\n${pipeline("Alone", '[r] |U.Log.Info << "x"')}`,
  };
  const { pipelines, imports, failed } = compile(files);
  expect(imports).toEqual([
    { key, url: "https://example.com/x.git", ref: "v1", isResolved: false, file: "main.pg", line: 2, column: 11 },
  ]);
  expect(pipelines.map((item) => item.id)).toEqual(["a>Other#Alone"]);
  expect(failed).toEqual([
    { file: "caller/caller.pg", pipelines: ["a>Caller#Calls"] },
    { file: "main.pg", pipelines: ["a>Main#Uses"] },
  ]);
});
