import { plan } from "@polyglot/contracts";
import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";

const library = {
  "lib.py": `\
def add(a, b):
    return a + b
`,
};

const flow = `\
[@] io.example>Flow
[D] @Py << py"./lib.py"
[X]

[|] Sum
[i] n: pg\\int
[t] |T.Call
[f] |Left
[~][r] @Py|add << n << 1 >> x: py\\int
[~][o] >> x
[f] @Py|add << n << 10 >> y: py\\int
[j] |JoinAll
[r] @Py|add << x << y >> sum: py\\int
[~][!] !> py\\!TypeError
[~][~][x] |Exit << 3
[?] sum ?> 7
[~][r] |U.Log.Info << "seven"
[o] >> sum
[x]

[|] Other
[t] |T.Cli
[r] |U.Log.Info << "<other>"
[x]
`;

const files = { ...library, "flow.pg": flow };

test("the plans of a file are a list of the published form, and one of them is asked for by its name", async () => {
  const folder = createFolder(files);
  const all = await polyglotCommand(folder, ["compile", "flow.pg"]);
  const plans = plan.array().parse(JSON.parse(all.stdout));
  expect(plans.map((one) => one.pipeline_id)).toEqual(["io.example>Flow#Sum", "io.example>Flow#Other"]);
  const one = await polyglotCommand(folder, ["compile", "flow.pg", "--pipeline", "Other"]);
  expect(JSON.parse(one.stdout)).toEqual(plans[1]);
});

test("errors of the file stand on stderr, no plan is printed, and the code is 1", async () => {
  const folder = createFolder({ ...files, "flow.pg": flow.replace("@Py|add << x << y", "@Py|ad << x << y") });
  expect(await session(folder, "compile flow.pg")).toBe(`\
$ polyglot compile flow.pg
! flow.pg:13:9: error PG6003: lib.py has no function 'ad'
!     did you mean 'add'?
! 1 error
(1)`);
});

test("the syntax tree has places and needs no correct program", async () => {
  const folder = createFolder({ "open.pg": "[@] io.example>Open\n[X]\n\n[|] Main\n[t] |T.Nothing << 7\n[x]\n" });
  const { stdout, code } = await polyglotCommand(folder, ["compile", "open.pg", "--syntax"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    namespace: { name: { text: "io.example>Open", at: "1:5-1:20" } },
    blocks: [
      {
        kind: "pipeline",
        name: { text: "Main", at: "4:5-4:9" },
        triggers: [{ body: { kind: "call", io: [{ value: { kind: "int", value: 7, at: "5:19-5:20" } }] } }],
      },
    ],
  });
});

test("the flow as Mermaid has steps, values, branches and handlers", async () => {
  expect(await session(createFolder(files), "compile flow.pg --pipeline Sum --graph mermaid")).toBe(`\
$ polyglot compile flow.pg --pipeline Sum --graph mermaid
flowchart TD
  subgraph p0["Sum"]
    p0n0(["#124;T.Polyglot.Pipeline.Called"])
    p0n1[["Sum #60;#60; n"]]
    p0n2[/"Left"/]
    p0n3["py add"]
    p0n4["py add"]
    p0n5[\\"#124;JoinAll"\\]
    p0n6["py add"]
    p0n7>"!#62; py#92;!TypeError"]
    p0n8((("#124;Exit #60;#60; 3")))
    p0n9{"sum ?#62; 7"}
    p0n10["#124;U.Log.Info"]
    p0n11(["#62;#62; sum"])
    p0n0 --> p0n1
    p0n1 --> p0n2
    p0n2 --> p0n3
    p0n1 ==>|"n"| p0n3
    p0n1 ==>|"n"| p0n4
    p0n3 --> p0n5
    p0n4 --> p0n5
    p0n5 --> p0n6
    p0n3 ==>|"x"| p0n6
    p0n4 ==>|"y"| p0n6
    p0n6 -.->|"error"| p0n7
    p0n7 --> p0n8
    p0n6 ==>|"sum"| p0n9
    p0n9 -.->|"yes"| p0n10
    p0n10 --> p0n11
    p0n9 -.->|"no"| p0n11
    p0n6 ==>|"sum"| p0n11
  end`);
});

test("the flow for Graphviz has a cluster for each pipeline", async () => {
  const { stdout } = await polyglotCommand(createFolder(files), ["compile", "flow.pg", "--graph", "dot"]);
  expect(stdout).toContain('  subgraph cluster_0 {\n    label="Sum";');
  expect(stdout).toContain('    p1n0 [label="|T.Polyglot.Application.Cli", shape=cds];');
  expect(stdout).toContain('    p0n1 -> p0n4 [style=bold, label="n"];');
});

test("the flow as SVG draws each node and each edge once", async () => {
  const { stdout } = await polyglotCommand(createFolder(files), ["compile", "flow.pg", "--graph", "svg"]);
  expect(stdout.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
  expect(stdout.match(/marker-end/g)).toHaveLength(17 + 3);
  expect(stdout).toContain(">Sum &lt;&lt; n</text>");
});

test("a file or pipeline that is not there is wrong usage", async () => {
  expect(await session(createFolder(files), "compile nowhere.pg", "compile flow.pg --pipeline Sun")).toBe(`\
$ polyglot compile nowhere.pg
! there is no file nowhere.pg
(2)
$ polyglot compile flow.pg --pipeline Sun
! the file has no pipeline 'Sun'; did you mean 'Sum'?
(2)`);
});
