import { z } from "zod";
import { type Expression, expression, typeName } from "./expression.ts";
import { type Target, target } from "./target.ts";

/** A value that goes into a callee. `from` and `to` are static types where known; they differ where a border is crossed. */
export interface Argument {
  name?: string | undefined;
  value: Expression;
  from: string;
  to: string;
}

/** A value that comes out of a callee, in the callee's order, and the variable that keeps it. */
export interface Result {
  /** Empty where the result is not kept. */
  variable: string;
  from: string;
  type: string;
}

/** `[!]`: takes errors of a language's class or anything below it in that language's hierarchy. */
export interface Handler {
  node: string;
  lang: string;
  error: string;
  variable?: string | undefined;
  body: Step[];
}

interface StepBase {
  /** Names the step in logs, traces and metrics: stable while the text before it in its block is. */
  node: string;
  /** Steps of the same block whose results this one reads or that it is told to follow. */
  after: string[];
}

export interface CallStep extends StepBase {
  kind: "call";
  target: Target;
  arguments: Argument[];
  results: Result[];
  handlers: Handler[];
}
export interface AssignStep extends StepBase {
  kind: "assign";
  value: Expression;
  result: Result;
  /** Takes errors of conversion; absent where there are none. */
  handlers?: Handler[] | undefined;
}
export interface ForkStep extends StepBase {
  kind: "fork";
  label: string;
  background: boolean;
  /** One call, or the lines of an inline branch with a scope of its own. */
  inline: boolean;
  body: Step[];
  /** Names that an inline branch gives back to the block. */
  outputs: OutputValue[];
  handlers: Handler[];
}
export interface JoinStep extends StepBase {
  kind: "join";
  mode: "all" | "first" | "last" | "nth";
  count?: Expression | undefined;
  forks: string[];
  result?: Result | undefined;
  handlers: Handler[];
}
export interface SwitchStep extends StepBase {
  kind: "switch";
  /**
   * `row`: the first of the switches on one variable that a default stands behind. Its switches and their defaults name
   * it rather than each other, so that a plan grows with its source.
   */
  test:
    | { kind: "equal"; left: Expression; right: Expression; type: string; row?: string | undefined }
    | { kind: "call"; call: CallStep }
    | { kind: "default"; row: string };
  body: Step[];
}
export interface OutputStep extends StepBase {
  kind: "output";
  output: OutputValue;
}
export interface ExitStep extends StepBase {
  kind: "exit";
  code: Expression;
}
/** A name that goes out of a block, and the value it has when nothing has set it. */
export interface OutputValue {
  name: string;
  type: string;
  value?: Expression | undefined;
}

export type Step = CallStep | AssignStep | ForkStep | JoinStep | SwitchStep | OutputStep | ExitStep;

const base = { node: z.string(), after: z.array(z.string()) };
const steps = z.lazy(() => z.array(step));
const result = z.strictObject({ variable: z.string(), from: typeName, type: typeName });
const argument = z.strictObject({ name: z.string().optional(), value: expression, from: typeName, to: typeName });
export const outputValue = z.strictObject({ name: z.string(), type: typeName, value: expression.optional() });

export const handler: z.ZodType<Handler> = z
  .lazy(() =>
    z.strictObject({
      node: z.string(),
      lang: z.string(),
      error: z.string(),
      variable: z.string().optional(),
      body: steps,
    }),
  )
  .meta({ id: "Handler" });

const handlers = z.array(handler);

const callStep = z.strictObject({
  ...base,
  kind: z.literal("call"),
  target,
  arguments: z.array(argument),
  results: z.array(result),
  handlers,
});

const switchTest = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("equal"),
    left: expression,
    right: expression,
    type: typeName,
    row: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal("call"), call: callStep }),
  z.strictObject({ kind: z.literal("default"), row: z.string() }),
]);

export const step: z.ZodType<Step> = z
  .lazy(() =>
    z.discriminatedUnion("kind", [
      callStep,
      z.strictObject({ ...base, kind: z.literal("assign"), value: expression, result, handlers: handlers.optional() }),
      z.strictObject({
        ...base,
        kind: z.literal("fork"),
        label: z.string(),
        background: z.boolean(),
        inline: z.boolean(),
        body: steps,
        outputs: z.array(outputValue),
        handlers,
      }),
      z.strictObject({
        ...base,
        kind: z.literal("join"),
        mode: z.enum(["all", "first", "last", "nth"]),
        count: expression.optional(),
        forks: z.array(z.string()),
        result: result.optional(),
        handlers,
      }),
      z.strictObject({ ...base, kind: z.literal("switch"), test: switchTest, body: steps }),
      z.strictObject({ ...base, kind: z.literal("output"), output: outputValue }),
      z.strictObject({ ...base, kind: z.literal("exit"), code: expression }),
    ]),
  )
  .meta({ id: "Step" });
