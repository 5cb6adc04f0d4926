import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";

const library = { "etl/lib/clean.py": "def load(path):\n    return path\n" };

const good = `\
[@] io.example>Good
[D] @Clean << py"./lib/clean.py"
[X]

[|] Load
[i] path: pg\\string
[t] |T.Call
[r] @Clean|load << path >> text: py\\str
[o] >> text
[x]
`;

const bad = good.replace("@Clean|load", "@Clean|lod");
const repository = `\
apiVersion: polyglot.dev/v1
kind: GitRepository
metadata: { name: orders }
spec: { url: "https://example.com/orders.git", brnch: main }
`;

test("a folder without problems says so and ends with 0", async () => {
  expect(await session(createFolder({ ...library, "etl/good.pg": good }), "validate etl")).toBe(`\
$ polyglot validate etl
! no problems`);
});

test("findings stand on stdout by file, line and column, their count on stderr, and errors end with 1", async () => {
  const folder = createFolder({ ...library, "etl/bad.pg": bad, "etl/orders.yaml": repository });
  expect(await session(folder, "validate etl")).toBe(`\
$ polyglot validate etl
etl/bad.pg:8:12: error PG6003: lib/clean.py has no function 'lod'
    did you mean 'load'?
etl/orders.yaml:4:48: error PG7004: there is no field 'brnch' here
    did you mean 'branch'?
! 2 errors, 0 warnings
(1)`);
});

test("a file is validated with what stands beside it, and only its own findings are told", async () => {
  const folder = createFolder({ ...library, "etl/good.pg": good, "etl/orders.yaml": repository });
  expect(await session(folder, "validate etl/good.pg", "validate etl/orders.yaml --format github")).toBe(`\
$ polyglot validate etl/good.pg
! no problems
$ polyglot validate etl/orders.yaml --format github
::error file=etl/orders.yaml,line=4,endLine=4,col=48,endColumn=53,title=PG7004::there is no field 'brnch' here%0Adid you mean 'branch'?
! 1 error, 0 warnings
(1)`);
});

test("findings as JSON are a list with the same fields each", async () => {
  const folder = createFolder({ ...library, "etl/bad.pg": bad });
  const { stdout, code } = await polyglotCommand(folder, ["validate", ".", "--format", "json"]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual([
    {
      file: "etl/bad.pg",
      line: 8,
      column: 12,
      end_line: 8,
      end_column: 15,
      severity: "error",
      code: "PG6003",
      message: "lib/clean.py has no function 'lod'",
      hint: "did you mean 'load'?",
    },
  ]);
});

test("findings as SARIF name their rules and places", async () => {
  const folder = createFolder({ ...library, "my etl/#1.pg": bad, "lib/clean.py": library["etl/lib/clean.py"] });
  const { stdout, code } = await polyglotCommand(folder, ["validate", ".", "--format", "sarif"]);
  expect(code).toBe(1);
  const log = JSON.parse(stdout) as { version: string; runs: { results: object[]; tool: { driver: object } }[] };
  expect(log.version).toBe("2.1.0");
  expect(log.runs[0]?.tool.driver).toMatchObject({
    name: "polyglot",
    rules: [{ id: "PG6001", defaultConfiguration: { level: "error" } }],
  });
  expect(log.runs[0]?.results).toEqual([
    {
      ruleId: "PG6001",
      ruleIndex: 0,
      level: "error",
      message: { text: expect.stringContaining("clean.py") as string },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "my%20etl/%231.pg" },
            region: { startLine: 2, startColumn: 15, endLine: 2, endColumn: 33 },
          },
        },
      ],
    },
  ]);
});

test("a path that is not there is wrong usage", async () => {
  const folder = createFolder();
  expect(await session(folder, "validate nowhere")).toBe(`\
$ polyglot validate nowhere
! there is no file or folder ${folder}/nowhere
(2)`);
});
