import { expect, test } from "vitest";
import { createCompiler, formatDiagnostic } from "../index.ts";

const compiler = await createCompiler();

/** The program of the language reference, section 3, with what it names. */
const files: Readonly<Record<string, string>> = {
  "etl/main.pg": `[@] io.github.alice>ETL
[D] @Stats  << @org.stats>Descriptive            \\\\ another Polyglot namespace
[D] @Local  << ../libs/cleaning                  \\\\ a .pg file or a folder of them, relative to this file
[D] @Clean  << py"./lib/clean.py"                \\\\ native code
[D] cpp\\std::vector<int> >> cpp\\ints             \\\\ a type alias, within its language
[X]

[#] Queue
[D] Ingest
[x]

[|] ProcessData
[i] file_path: pg\\string
[i] Default limit: pg\\int << 100
[t] |T.FileCreated << "data/*.csv" >> file_path
[Q] |Q.ToQueue << #Queue.Ingest
[w] |W.Python3.11
[\\] |U.Log.Info << "reading {file_path}"
[r] @Clean|load << file_path >> rows: py\\list
[r] @Clean|dedupe << rows << keep: "first" >> clean: py\\list
[r] @Stats|Mean << clean >> mean
[r] @Local|Trim << clean >> trimmed
[/] |U.Log.Info << "done {mean} {limit}"
[o] >> clean
[o] >> trimmed
[x]
`,
  "etl/lib/clean.py": 'def load(path): return []\ndef dedupe(rows, keep="first"): return rows\n',
  "stats/stats.pg":
    "[@] org.stats>Descriptive\n[X]\n[|] Mean\n[i] values: pg\\list\n[t] |T.Call\n[r] mean << 0.5\n[r] |U.Log.Debug << values\n[o] >> mean\n[x]\n",
  "libs/cleaning/trim.pg": "[@] org.libs>Cleaning\n[X]\n[|] Trim\n[i] rows: pg\\list\n[t] |T.Call\n[o] >> rows\n[x]\n",
};

test("the program of the language reference compiles", () => {
  const bytes = Object.entries(files).map(([path, text]): [string, Uint8Array] => [
    path,
    new TextEncoder().encode(text),
  ]);
  const { diagnostics, pipelines } = compiler.compile({ files: new Map(bytes) });
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  const main = pipelines.find((item) => item.id === "io.github.alice>ETL#ProcessData");
  expect(main?.plan.queue.queue).toBe("Ingest");
  expect(Object.keys(main?.plan.callees ?? {}).toSorted()).toEqual([
    "org.libs>Cleaning#Trim",
    "org.stats>Descriptive#Mean",
  ]);
  expect(main?.unimplemented).toEqual([]);
});
