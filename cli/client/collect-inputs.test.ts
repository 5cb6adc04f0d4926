import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { PipelineInputSchema } from "@polyglot/contracts/service";
import { expect, test } from "vitest";
import { collectInputs } from "./collect-inputs.ts";

const input = (name: string, type: string, otherwise: JsonValue) =>
  create(PipelineInputSchema, { name, type, defaultValue: fromJson(ValueSchema, otherwise) });

const declared = [
  create(PipelineInputSchema, { name: "path", type: "pg\\string", required: true }),
  input("limit", "pg\\int", 100),
  input("ratio", "pg\\float", null),
  input("tags", "cpp\\vector<double>", []),
];

const noFile = () => new Uint8Array();
const collect = (pairs: string[], values = {}) => collectInputs(declared, { pairs, values }, noFile);

test("pairs are read by the declared type, and win over the file", () => {
  expect(collect(["path=1", "limit=1_000", "ratio=2"], { limit: 5, tags: [1, 2.5] })).toEqual({
    path: "1",
    limit: 1000,
    ratio: { $float: "2" },
    tags: [{ $float: "1" }, 2.5],
  });
});

test("everything that is wrong is named at once", () => {
  expect(() => collect(["limit=ten", "file=a"])).toThrow(
    [
      "input 'path' (pg\\string) has no value and no default",
      "input 'limit' takes pg\\int, got string \"ten\"",
      "the pipeline has no input 'file'; it takes 'path', 'limit', 'ratio', 'tags'",
    ].join("\n"),
  );
});

test("a pair without a value is wrong usage", () => {
  expect(() => collect(["path"])).toThrow("an input is given as name=value, got 'path'");
});
