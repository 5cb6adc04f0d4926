import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type CodeAction,
  type CompletionItem,
  createProtocolConnection,
  type Diagnostic,
  type DocumentSymbol,
  type Hover,
  type Location,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver/node";

const polyglot = join(import.meta.dirname, "..", "polyglot.mjs");

const orders = `\
[@] io.example>Orders
[D] @Clean << py"./lib/clean.py"
[D] @Fmt << js"./lib/format.mjs"
[D] @Hash << rust"./lib/hash.rs"
[D] @Geo << cpp"./lib/geo.cpp"
[X]

[#] Quality
[D] Good
[D] Poor
[x]

[|] Total
[i] path: pg\\string
[t] |T.Call
[r] @Clean|load << path >> rows: py\\list
[r] |U.Log.Info << "total of {path}"
[r] @Fmt|page << rows >> page
[r] @Hash|digest << "a" >> digest
[r] @Geo|geo.area << 2.0 >> area
[r] |Sum << numbers: rows >> sum
[r] quality << #Quality.Good
[o] >> sum
[o] >> page
[o] >> digest
[o] >> area
[o] >> quality
[x]
`;
const sums = `\
[@] io.example>Orders#1
[X]

[|] Sum
[i] numbers: pg\\list
[t] |T.Call
[r] |U.Collection.Last << numbers >> count
[o] >> count
[x]
`;
const files = {
  "etl/orders.pg": orders.replace("Orders\n", "Orders#2\n"),
  "etl/sums.pg": sums,
  "etl/lib/clean.py": "import csv\n\n\ndef load(path):\n    return [path]\n",
  "etl/lib/format.mjs": "export async function page(rows) {\n  return `${rows}`;\n}\n",
  "etl/lib/hash.rs": "pub fn digest(text: String) -> String {\n    text\n}\n",
  "etl/lib/geo.cpp": "namespace geo {\ndouble area(double side) {\n  return side * side;\n}\n}\n",
};

let folder: string;
let program: ChildProcess;
let client: ProtocolConnection;
const found = new Map<string, readonly Diagnostic[]>();
const heard: (() => void)[] = [];
let version = 1;

const uriOf = (path: string): string => pathToFileURL(join(folder, path)).href;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "polyglot-lsp-"));
  for (const path of Object.keys(files)) write(path as keyof typeof files);
  program = spawn(process.execPath, [polyglot, "lsp", "--stdio"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  if (program.stdout === null || program.stdin === null) throw new Error("no pipes");
  client = createProtocolConnection(new StreamMessageReader(program.stdout), new StreamMessageWriter(program.stdin));
  client.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => {
    found.set(uri, diagnostics);
    for (const wake of heard.splice(0)) wake();
  });
  client.listen();
  await client.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "test" }],
  });
  await client.sendNotification("initialized", {});
  const textDocument = {
    uri: uriOf("etl/orders.pg"),
    languageId: "polyglot",
    version: 1,
    text: files["etl/orders.pg"],
  };
  await client.sendNotification("textDocument/didOpen", { textDocument });
});

/** What a test has typed is gone after it. */
afterEach(() => change([{ text: files["etl/orders.pg"] }]));

afterAll(async () => {
  const ended = new Promise((resolve) => program.once("exit", resolve));
  await client.sendRequest("shutdown");
  await client.sendNotification("exit");
  const code = await ended;
  client.dispose();
  rmSync(folder, { recursive: true });
  if (code !== 0) throw new Error(`polyglot lsp ended with ${String(code)}`);
});

function write(path: keyof typeof files): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), files[path]);
}

function change(contentChanges: readonly object[]): Promise<void> {
  version += 1;
  const textDocument = { uri: uriOf("etl/orders.pg"), version };
  return client.sendNotification("textDocument/didChange", { textDocument, contentChanges });
}

/** The place right behind `text` in a line that holds `line`. */
function after(path: keyof typeof files, line: string, text = line) {
  const lines = files[path].split("\n");
  const number = lines.findIndex((one) => one.includes(line));
  const character = (lines[number] ?? "").indexOf(text) + text.length;
  return { textDocument: { uri: uriOf(path) }, position: { line: number, character } };
}

/** Writes `typed` as a line of its own before that with `before`, and answers the place behind it. */
async function type(typed: string, before = "[o] >> sum") {
  const { textDocument, position } = after("etl/orders.pg", before);
  const at = { line: position.line, character: 0 };
  await change([{ range: { start: at, end: at }, text: `${typed}\n` }]);
  return { textDocument, position: { line: at.line, character: typed.length } };
}

async function findings(
  path: string,
  isThere: (found: readonly Diagnostic[]) => boolean,
): Promise<readonly Diagnostic[]> {
  for (;;) {
    const now = found.get(uriOf(path));
    if (now !== undefined && isThere(now)) return now;
    await new Promise<void>((resolve) => {
      heard.push(resolve);
    });
  }
}

const linesOf = async (at: object, method = "textDocument/definition") => {
  const place = await client.sendRequest<Location>(method, at);
  return `${place.uri.slice(uriOf(".").length + 1)}:${place.range.start.line + 1}:${place.range.start.character + 1}`;
};

test("a change is found at once, with its code, and its fix mends it", async () => {
  const { textDocument } = await type("[r] @Clean|lod << path >> other");
  const all = await findings("etl/orders.pg", (now) => now.some(({ code }) => code === "PG6003"));
  const first = all.find(({ code }) => code === "PG6003");
  expect(first).toMatchObject({
    severity: 1,
    source: "polyglot",
    range: { start: { character: 11 }, end: { character: 14 } },
  });
  expect(first?.message).toContain("has no function 'lod'");
  const range = first?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const actions = await client.sendRequest<CodeAction[]>("textDocument/codeAction", {
    textDocument,
    range,
    context: { diagnostics: [first] },
  });
  expect(actions).toMatchObject([{ title: "Change to 'load'", kind: "quickfix" }]);
  const edits = actions[0]?.edit?.changes?.[textDocument.uri] ?? [];
  await change(edits.map(({ range: at, newText: text }) => ({ range: at, text })));
  await findings("etl/orders.pg", (now) => now.every(({ severity }) => severity !== 1));
});

test("a native file that changes on disk is looked at again", async () => {
  const changes = [{ uri: uriOf("etl/lib/clean.py"), type: 3 }];
  rmSync(join(folder, "etl/lib/clean.py"));
  await client.sendNotification("workspace/didChangeWatchedFiles", { changes });
  await findings("etl/orders.pg", (now) => now.some(({ code }) => code === "PG6001"));
  write("etl/lib/clean.py");
  await client.sendNotification("workspace/didChangeWatchedFiles", { changes });
  expect(await findings("etl/orders.pg", (now) => now.length === 0)).toEqual([]);
});

test.each([
  ["[", ["[r]", "[~]"], "element"],
  ["[t] |", ["T.System.File.Created", "T.Call"], "triggers"],
  ["[w] |", ["W.Python3.11"], "wrappers"],
  ["[r] |U.Lo", ["U.Log.Info"], "steps"],
  ["[r] |", ["Sum"], "pipelines of other files"],
  ["[r] @", ["Clean", "Geo"], "imports"],
  ["[r] @Clean|", ["load"], "functions of Python"],
  ["[r] @Geo|", ["geo.area"], "functions of C++"],
  ["[r] x << #", ["Quality", "LogLevel"], "enumerations"],
  ["[r] x << #Quality.", ["Good", "Poor"], "members"],
  ["[r] x: rust\\", ["Vec", "String"], "types"],
  ["[~][!] !> e: pg\\!", ["TimeoutError", "Any"], "errors"],
  ["[r] |Sum << ", ["numbers:", "rows", "path"], "arguments by name, and variables"],
  ['[r] |U.Log.Info << "{', ["rows"], "variables in text"],
])("%s is completed by %j: %s", async (typed, labels) => {
  const items = await client.sendRequest<CompletionItem[]>("textDocument/completion", await type(typed));
  expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining(labels));
});

test("what is chosen takes the place of what was typed", async () => {
  const items = await client.sendRequest<CompletionItem[]>("textDocument/completion", await type("[r] |U.Log.In"));
  const info = items.find(({ label }) => label === "U.Log.Info");
  expect(info?.textEdit).toMatchObject({
    newText: "U.Log.Info",
    range: { start: { character: 5 }, end: { character: 13 } },
  });
  expect(info?.documentation).toMatchObject({ kind: "markdown" });
});

test.each([
  ["U.Log.Info", "|U.Log.Info << message", "of the library"],
  ["@Clean|load", "load(path)", "of Python"],
  ["@Hash|digest", "digest(text: rust\\String) >> rust\\String", "of Rust, with types"],
  ["[r] |Sum", "[|] Sum\n[i] numbers: pg\\list", "of a pipeline"],
  [">> rows", "rows: py\\list", "of a variable"],
  ["#Quality", "#Quality", "of an enumeration"],
])("hovering over %s says %j: %s", async (text, said) => {
  const hover = await client.sendRequest<Hover>("textDocument/hover", after("etl/orders.pg", text));
  expect((hover.contents as { value: string }).value).toContain(said);
});

test.each([
  ["@Clean|load", "etl/lib/clean.py:4:5"],
  ["@Fmt|page", "etl/lib/format.mjs:1:23"],
  ["@Hash|digest", "etl/lib/hash.rs:1:8"],
  ["@Geo|geo.area", "etl/lib/geo.cpp:2:8"],
  ["[r] |Sum", "etl/sums.pg:4:5"],
  ["<< numbers", "etl/sums.pg:5:5"],
  ["<< rows", "etl/orders.pg:16:28"],
  ["{path", "etl/orders.pg:14:5"],
  ["#Quality.Good", "etl/orders.pg:9:5"],
  ["[r] @Geo", "etl/lib/geo.cpp:1:1"],
])("%s is defined at %s", async (text, place) => {
  expect(await linesOf(after("etl/orders.pg", text))).toBe(place);
});

/** Each file's new lines. */
async function renamed(text: string, newName: string): Promise<string[]> {
  const { changes = {} } = await client.sendRequest<WorkspaceEdit>("textDocument/rename", {
    ...after("etl/orders.pg", text),
    newName,
  });
  return Object.entries(changes).flatMap(([uri, edits]) =>
    edits.map(({ range: { start } }) => `${uri.slice(uriOf(".").length + 1)}:${start.line + 1}:${start.character + 1}`),
  );
}

test("a variable, an input that others name, a pipeline and an import are renamed wherever they are", async () => {
  expect(await renamed(">> rows", "lines")).toEqual([
    "etl/orders.pg:16:28",
    "etl/orders.pg:18:18",
    "etl/orders.pg:21:22",
  ]);
  expect(await renamed("<< numbers", "values")).toEqual(["etl/orders.pg:21:13", "etl/sums.pg:5:5", "etl/sums.pg:7:27"]);
  expect(await renamed("[r] |Sum", "Count")).toEqual(["etl/orders.pg:21:6", "etl/sums.pg:4:5"]);
  expect(await renamed("@Clean", "Load")).toEqual(["etl/orders.pg:2:6", "etl/orders.pg:16:6"]);
});

test("a name that would be an error somewhere, and one of the library, are refused", async () => {
  await expect(renamed(">> rows", "path")).rejects.toThrow(/PG\d{4}/);
  await expect(renamed("U.Log.Info", "x")).rejects.toThrow("cannot be changed");
});

test("a file is formatted, and its outline shows its pipelines", async () => {
  const { textDocument } = await type('[ R ]   |U.Log.Info<<"x"'.replace("[ R ]", "[Run]"));
  const edits = await client.sendRequest<TextEdit[]>("textDocument/formatting", {
    textDocument,
    options: { tabSize: 2, insertSpaces: true },
  });
  expect(edits[0]?.newText).toContain('[r] |U.Log.Info << "x"\n');
  const symbols = await client.sendRequest<DocumentSymbol[]>("textDocument/documentSymbol", { textDocument });
  expect(symbols.map(({ name }) => name)).toEqual(["Quality", "Total"]);
});
