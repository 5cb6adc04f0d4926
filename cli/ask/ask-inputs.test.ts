import { create } from "@bufbuild/protobuf";
import { type PipelineInput, PipelineInputSchema } from "@polyglot/contracts/service";
import { expect, test } from "vitest";
import { openInputs, problemOf } from "./ask-inputs.ts";
import { pipelinesNamed } from "./choose-pipeline.ts";
import { sameCommand } from "./same-command.ts";

const input = (name: string, type: string, required: boolean): PipelineInput =>
  create(PipelineInputSchema, { name, type, required });
const noFile = () => new Uint8Array();

test.each([
  ["pg\\int", "12", undefined],
  ["pg\\int", "twelve", `input 'it' takes pg\\int, got string "twelve"`],
  ["pg\\int", "", "it has no default"],
  ["pg\\string", "", "it has no default; an empty text is sent with --input it="],
  ["pg\\string", "a=b", undefined],
  ["pg\\list", "[1, 2]", undefined],
  ["pg\\datetime", "tomorrow", `input 'it' takes pg\\datetime, got string "tomorrow"`],
])("of a %s the answer %j is met with %j", (type, text, problem) => {
  expect(problemOf(input("it", type, true), text, noFile)).toBe(problem);
});

test("nothing at all is the default where there is one", () => {
  expect(problemOf(input("it", "pg\\int", false), "", noFile)).toBe(undefined);
});

test("inputs without a value are open, those with a default only of a pipeline out of the list", () => {
  const declared = [input("a", "pg\\int", true), input("b", "pg\\int", true), input("c", "pg\\int", false)];
  const given = { pairs: ["a=1"], values: {} };
  expect(openInputs(declared, given, false).map(({ name }) => name)).toEqual(["b"]);
  expect(openInputs(declared, given, true).map(({ name }) => name)).toEqual(["b", "c"]);
});

test("words of an id find it, in any order and case", () => {
  const pipelines = ["io.example>Orders#Total", "io.example>Orders#Load", "io.other#Total"].map((pipelineId) => ({
    pipelineId,
  }));
  expect(pipelinesNamed(pipelines, "total ORD")).toEqual([pipelines[0]]);
  expect(pipelinesNamed(pipelines, "")).toEqual(pipelines);
});

test("the same command is one that a shell takes as it stands", () => {
  expect(sameCommand("io.a>B#C", ["text=it's", "n=1"], "a b.yaml")).toBe(
    `polyglot run 'io.a>B#C' --inputs-file 'a b.yaml' --input 'text=it'\\''s' --input n=1`,
  );
});
