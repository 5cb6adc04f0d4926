/* oxlint-disable vitest/valid-title -- titles are data */
/** Whether the published JSON Schemas say what `validate` says, for documents that are right and for wrong ones. */
import { readFileSync } from "node:fs";
import { declaredKinds } from "@polyglot/contracts";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { readCases } from "../conformance/read-cases.ts";
import { createCompiler } from "../index.ts";

const contracts = new URL("../../contracts/", import.meta.url);
const readText = (path: string): string => readFileSync(new URL(path, contracts), "utf8");
const readExample = (kind: string): string => readText(`kinds/examples/${kind}.yaml`);

// Formats are hints for editors: a schema that has one has a pattern besides, or leaves it to `validate`.
const ajv = new Ajv2020({ validateFormats: false, allErrors: true });
const validators = new Map<unknown, ValidateFunction>(
  Object.keys(declaredKinds).map((kind) => [
    kind,
    ajv.compile(JSON.parse(readText(`json-schema/kinds/${kind}.json`)) as object),
  ]),
);

function errorsOf(text: string): string[] {
  return parseAllDocuments(text).flatMap((document) => {
    const value = document.toJS() as { readonly kind?: unknown };
    const validate = validators.get(value.kind);
    if (validate === undefined) return ["no such kind"];
    validate(value);
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  });
}

describe("the example of a kind fits its schema", () => {
  for (const kind of validators.keys()) {
    test(String(kind), () => expect(errorsOf(readExample(String(kind)))).toEqual([]));
  }
});

test("the examples name only what they declare", async () => {
  const compiler = await createCompiler();
  const pipeline = (name: string): string => `[|] ${name}\n[t] |T.Cli\n[r] |U.Log.Info << "done"\n[x]\n`;
  const program = `[@] com.example>etl\n[X]\n${pipeline("Load")}${pipeline("OpenTicket")}`;
  const examples = Object.keys(declaredKinds).map((kind) => [`${kind}.yaml`, readExample(kind)]);
  const files = Object.entries({ "etl.pg": program, ...Object.fromEntries(examples) } as Record<string, string>);
  const encoder = new TextEncoder();
  const { diagnostics } = compiler.compile({
    files: new Map(files.map(([path, text]) => [path, encoder.encode(text)])),
  });
  expect(diagnostics.filter((found) => found.code !== "PG7011")).toEqual([]);
});

/** Findings that a document's own schema can have; the others look at more than one document or at its text. */
const codesOfSchemas: readonly string[] = ["PG7003", "PG7004", "PG7009"];

/** Rules between fields and on keys, for which JSON Schema has no words. */
const beyondSchemas: readonly string[] = [
  "exactly one of several fields",
  "at most one of several fields",
  "a range of versions that is none",
  "one field is compared with another",
  "a connection that nothing can use so",
  "a key that stands twice",
  "a key that changes what objects inherit",
  "an unknown kind",
];

describe("a document of the conformance cases is as wrong for its schema as for the compiler", () => {
  const cases = readCases(readFileSync(new URL("../conformance/cases/objects.cases", import.meta.url), "utf8"));
  for (const { title, files, marks } of cases.filter((item) => !beyondSchemas.includes(item.title))) {
    test(title, () => {
      for (const [path, text] of files) {
        if (!path.endsWith(".yaml")) continue;
        const isWrong = marks.some((mark) => mark.file === path && codesOfSchemas.includes(mark.code));
        expect(errorsOf(text).length > 0, `${path}\n${errorsOf(text).join("\n")}`).toBe(isWrong);
      }
    });
  }
});
