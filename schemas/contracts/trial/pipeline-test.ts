/** What a `*.test.yaml` file says: pipelines run with given inputs and stubs, and what is expected of them. */
import { z } from "zod";
import { canonicalValue } from "../plan/expression.ts";

const values = z.record(z.string(), canonicalValue);

/** `py\!ValueError`. */
const errorType = z.string().regex(/^(?:pg|py|js|rust|cpp)\\!\w+(?:::\w+)*$/, "has to be like py\\!ValueError");

const stubAnswer = z
  .union([
    z.strictObject({ returns: canonicalValue }),
    z.strictObject({ results: z.array(canonicalValue) }),
    z.strictObject({
      raises: z.strictObject({
        type: errorType,
        message: z.string().default(""),
        classes: z.array(z.string()).optional().describe("classes that it is besides, for handlers: [OSError]"),
      }),
    }),
  ])
  .describe("one result, several, or an error");

const expected = z.strictObject({
  outcome: z
    .enum(["succeeded", "failed", "killed", "cancelled", "waiting"])
    .optional()
    .describe("succeeded, where neither this nor an error is said"),
  exit: z.int().min(0).optional().describe("code of |Exit"),
  outputs: values.optional().describe("those named have to be there with these values"),
  error: z
    .strictObject({
      type: errorType.optional(),
      message: z.string().optional().describe("a part of it"),
      step: z.string().optional(),
    })
    .optional(),
  order: z.array(z.string()).optional().describe("steps that begin one after the other; others may lie between"),
  calls: z
    .record(z.string(), z.union([z.int().min(0), z.array(z.array(canonicalValue))]))
    .optional()
    .describe("how often, or with which arguments each time"),
  logs: z.array(z.string()).optional().describe("parts of lines, in order"),
});

const pipelineTest = z.strictObject({
  name: z.string().min(1),
  pipeline: z.string().optional(),
  inputs: values.optional().describe("{$file: PATH} is the absolute path of one of the files"),
  trigger: z
    .strictObject({ name: z.string().optional(), context: values })
    .optional()
    .describe("what a trigger tells: the fields of its context, which fill inputs as they do when it fires"),
  time: z.iso.datetime().optional().describe("when it begins; waits cost no time"),
  files: z
    .record(z.string(), z.union([z.string(), z.strictObject({ from: z.string() })]))
    .optional()
    .describe("below the folder where relative paths of the library start"),
  secrets: z.record(z.string(), z.string()).optional(),
  state: values.optional(),
  stubs: z.record(z.string(), z.union([stubAnswer, z.array(stubAnswer).min(1)])).optional(),
  expect: expected.optional(),
});

export const pipelineTests = z
  .strictObject({
    pipeline: z.string().optional().describe("of all tests that name none"),
    tests: z.array(pipelineTest).min(1),
  })
  .meta({ id: "PipelineTests", title: "Tests of Polyglot pipelines" });

export type PipelineTests = z.infer<typeof pipelineTests>;
export type PipelineTest = z.infer<typeof pipelineTest>;
export type ExpectedEnd = z.infer<typeof expected>;
export type GivenStub = NonNullable<PipelineTest["stubs"]>[string];
