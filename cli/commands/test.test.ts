import { join } from "node:path";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";

const files = {
  "lib/clean.py": `\
def load(path):
    with open(path) as file:
        return [float(line) for line in file]

def mean(rows):
    if not rows:
        raise ValueError("no rows")
    return sum(rows) / len(rows)
`,
  "total.pg": `\
[@] io.example>Orders
[D] @Clean << py"./lib/clean.py"
[X]

[|] Total
[i] path: pg\\string
[t] |T.System.File.Created << "in/*.csv"
[r] @Clean|load << path >> rows: py\\list
[~][!] !> e: py\\!OSError
[~][~][r] |U.Log.Warning << "no file: {e.message}"
[~][~][x] |Exit << 3
[r] |U.Sleep << T"12:00:00"
[r] |U.Time.Now >> now: pg\\datetime
[r] |U.State.Increment << "runs" >> number: pg\\int
[r] @Clean|mean << rows >> mean: py\\float
[r] |U.Log.Info << "mean is {mean}, run {number}"
[o] >> mean
[o] >> now
[x]
`,
};

const passing = `\
tests:
  - name: real code reads a real file, and half a day costs no time
    files: { in/a.csv: "1\\n2\\n6\\n" }
    inputs: { path: { $file: in/a.csv } }
    time: 2026-01-15T10:00:00Z
    state: { runs: 6 }
    expect:
      outputs: { mean: 3 }
      order: ["@Clean|load", "|U.Sleep", "@Clean|mean"]
      logs: ["mean is 3.0, run 7"]
  - name: a stub stands in, and what the trigger tells fills the input
    trigger: { context: { file_path: in/b.csv } }
    stubs: { "@Clean|load": { returns: [2, 4] } }
    expect:
      outputs: { mean: 3 }
      calls: { load: [[in/b.csv]] }
  - name: a handler takes an error by a class above it
    inputs: { path: x }
    stubs: { load: { raises: { type: py\\!FileNotFoundError, message: no x, classes: [OSError] } } }
    expect: { outcome: failed, exit: 3, logs: ["no file: no x"] }
  - name: an error of real code
    inputs: { path: x }
    stubs: { load: { returns: [] } }
    expect: { error: { type: py\\!ValueError, message: no rows } }
`;

test("pipelines run with files, stubs, triggers and time of the test, without a controller", async () => {
  const folder = createFolder({ ...files, "total.test.yaml": passing });
  expect(await session(folder, "test")).toBe(`\
$ polyglot test
✓ total.test.yaml:2 real code reads a real file, and half a day costs no time
✓ total.test.yaml:11 a stub stands in, and what the trigger tells fills the input
✓ total.test.yaml:17 a handler takes an error by a class above it
✓ total.test.yaml:21 an error of real code
! 4 tests passed`);
});

const failing = `\
tests:
  - name: another mean
    inputs: { path: x }
    stubs: { load: [{ returns: [1] }, { returns: [2] }] }
    expect: { outputs: { mean: 4 }, order: [mean, load], calls: { load: 2 } }
  - name: a stub for nothing
    inputs: { path: x }
    stubs: { "@Clean|lod": { returns: [] } }
  - name: a field that the trigger does not tell
    trigger: { context: { path: x } }
  - name: no input
`;

test("what is not as expected is told by its place, all at once, and goes into a JUnit file", async () => {
  const folder = createFolder({ ...files, "total.test.yaml": failing });
  expect(await session(folder, "test . --junit out.xml")).toBe(`\
$ polyglot test . --junit out.xml
✗ total.test.yaml:2 another mean
    outputs.mean: expected 4, got 1.0
    order: load did not begin after mean; steps as they began: @Clean|load, |U.Sleep, |U.Time.Now, |U.State.Increment, @Clean|mean, |U.Log.Info
    calls.load: expected 2 calls, got 1 call
✗ total.test.yaml:6 a stub for nothing
    stubs: no step calls '@Clean|lod'; did you mean '@Clean|load'?
✗ total.test.yaml:9 a field that the trigger does not tell
    the context of '|T.System.File.Created' has no field 'path': it has file_path, event, size, modified_at, timestamp
✗ total.test.yaml:11 no input
    input 'path' (pg\\string) has no value and no default
! 4 of 4 tests failed
(1)`);
  const report = readFileSync(join(folder, "out.xml"), "utf8");
  expect(report).toContain('<testsuite name="total.test.yaml" tests="4" failures="4"');
  expect(report).toContain('<failure message="outputs.mean: expected 4, got 1.0">');
});

test("a test file that says what no test can say is a failure at its line, and so are pipelines in error", async () => {
  const folder = createFolder({ ...files, "total.test.yaml": "tests:\n  - name: one\n    expects: {}\n" });
  expect(await session(folder, "test --format github")).toBe(`\
$ polyglot test --format github
::error file=total.test.yaml,line=2,title=column 5::tests.0: Unrecognized key: "expects"
! 1 of 1 test failed
(1)`);
  const broken = createFolder({ "a.pg": "[@] a>b\n[X]\n[|] P\n[x]\n", "a.test.yaml": passing });
  const { stderr, code } = await polyglotCommand(broken, ["test"]);
  expect(code).toBe(1);
  expect(stderr).toContain("a.pg:3:1: error");
  expect(stderr).toContain("nothing was tested");
});

test("the examples pass their tests", async () => {
  const { stderr, code } = await polyglotCommand(join(import.meta.dirname, "..", "..", "examples", "languages"), [
    "test",
  ]);
  expect([code, stderr]).toEqual([0, "4 tests passed\n"]);
});
