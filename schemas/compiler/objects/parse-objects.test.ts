import { expect, test } from "vitest";
import { parseObjects } from "./parse-objects.ts";

const head = "apiVersion: polyglot.dev/v1\nkind: GitRepository\n";
const valid = `${head}metadata:\n  name: main\nspec:\n  url: https://example.com/x.git\n`;

function read(...texts: string[]) {
  const files = new Map(texts.map((text, index) => [`${index}.yaml`, new TextEncoder().encode(text)]));
  return parseObjects(files).files.map(({ findings: found, ...file }) => ({ ...file, diagnostics: found.list() }));
}

const findings = (...texts: string[]): string[] =>
  read(...texts).flatMap((file) => file.diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`));

test("an object has its kind's defaults and its place", () => {
  const [file] = read(`# one\n---\n${valid}`);
  expect(file?.objects).toMatchObject([
    { kind: "GitRepository", name: "main", file: "0.yaml", line: 3, spec: { path: ".", intervalSeconds: 30 } },
  ]);
});

test("other YAML is not ours", () => {
  expect(read("apiVersion: v1\nkind: Pod\n", "a: [\n")).toEqual([]);
});

test("wrong fields are found at their place", () => {
  expect(findings(`${valid}  brunch: main\n`)).toEqual(["7:3 PG7004"]);
  expect(findings(`${valid}  branch: 5\n`)).toEqual(["7:11 PG7003"]);
  expect(findings(`${head}metadata:\n  name: main\nspec: {}\n`)).toEqual(["5:1 PG7009"]);
});

test("an unknown kind has a hint", () => {
  const [file] = read(valid.replace("GitRepository", "GitRepositry"));
  expect(file?.diagnostics[0]).toMatchObject({
    line: 2,
    column: 7,
    code: "PG7002",
    hint: "did you mean 'GitRepository'?",
  });
});

test("keys stand once, documents use few aliases", () => {
  expect(findings(`${valid}  url: https://example.com/y.git\n`)).toEqual(["7:3 PG7001"]);
  const aliases = "  - *x\n".repeat(21);
  expect(findings(`${valid}other:\n  - &x 1\n${aliases}`)).toEqual(["29:5 PG7006"]);
});

test("a name is declared once over all files", () => {
  const [, second] = read(valid, valid);
  expect(second?.diagnostics).toMatchObject([
    { code: "PG7005", line: 4, column: 9, message: "GitRepository 'main' is declared already, at 0.yaml:4:9" },
  ]);
});

test("aliases without anchor and prototype keys are findings", () => {
  expect(findings(`${valid}other: *nowhere\n`)).toEqual(["1:1 PG7001"]);
  expect(findings(`${head}metadata:\n  name: main\n  labels:\n    __proto__: x\nspec: {}\n`)).toEqual(["6:5 PG7004"]);
});
