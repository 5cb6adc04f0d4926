import { createCompiler } from "@polyglot/compiler";
import { expect, test } from "vitest";
import { desiredState, keyText } from "./desired.ts";

const compiler = await createCompiler();

function check(files: Record<string, string>) {
  const set = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  const { objects, kept, diagnostics } = desiredState(compiler.compile({ files: set }));
  const errors = diagnostics.map(({ file, line, code }) => `${file}:${line} ${code}`);
  return { objects: objects.map(keyText), kept: [...kept.files, ...kept.keys], errors };
}

const repository = (metadata: string) =>
  `apiVersion: polyglot.dev/v1\nkind: GitRepository\nmetadata: ${metadata}\nspec: { url: "https://example.com/a.git" }\n`;

test("pipelines and declared objects are desired", () => {
  const pipeline = "[@] test>A\n[X]\n\n[|] A\n[t] |T.Cli\n[o] >> one: pg\\int << 1\n[x]\n";
  expect(check({ "a.pg": pipeline, "r.yaml": repository("{ name: code }") })).toEqual({
    objects: ["GitRepository/#code", "Pipeline/test>A#A"],
    kept: [],
    errors: [],
  });
});

test("a file in error keeps what it declared, as far as it could be read", () => {
  const broken = "[@] test>A\n[X]\n\n[|] A\n[i] no type here\n[t] |T.Cli\n[o] None\n[x]\n";
  const { objects, kept } = check({ "a.pg": broken });
  expect(objects).toEqual([]);
  expect(kept).toEqual(["a.pg", "Pipeline/test>A#A"]);
});

test("an object with a field that nothing acts on yet is refused, and stays as it was", () => {
  const calendar =
    "apiVersion: polyglot.dev/v1\nkind: Calendar\nmetadata: { name: nights }\nspec: { windows: [{}], covers: [deploys] }\n";
  expect(check({ "q.yaml": calendar, "r.yaml": repository("{ name: code }") })).toEqual({
    objects: ["GitRepository/#code"],
    kept: ["Calendar/#nights"],
    errors: ["q.yaml:4 PG7011", "q.yaml:1 apply/invalid"],
  });
});

test("queues that a .pg file declares are objects", () => {
  const fast = "[D] Fast\n[~][Q] |Q.Halt\n[D] Open\n[~][Q] |Q.CpuAvailable << 20\n";
  expect(check({ "q.pg": `[@] test>A\n[X]\n[#] Queue\n[D] Plain\n${fast}[x]\n` })).toEqual({
    objects: ["Queue/#Plain", "Queue/#Fast", "Queue/#Open"],
    kept: [],
    errors: [],
  });
});

test("a file that imports from git is refused, and what it declared stays", () => {
  const pipeline = (step: string) => `[|] A\n[t] |T.Cli\n[r] ${step}\n[x]\n`;
  const importing = `[@] test>A\n[D] @X << git+https://example.com/x.git@v1\n[X]\n${pipeline("@X|Load")}`;
  expect(check({ "a.pg": importing })).toEqual({
    objects: [],
    kept: ["a.pg", "Pipeline/test>A#A"],
    errors: ["a.pg:2 PG2026", "a.pg:2 apply/invalid"],
  });
});

test("an object of the whole installation takes no namespace", () => {
  expect(check({ "r.yaml": repository("{ name: code, namespace: test>A }") })).toMatchObject({
    objects: [],
    errors: ["r.yaml:1 apply/invalid"],
  });
});
