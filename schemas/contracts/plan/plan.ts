/**
 * The plan: what the compiler gives and the agent runs. JSON with a version and a published schema; the same source
 * gives the same bytes and so the same digest. Positions of nodes in the source stand in a map of their own, outside the
 * digest, so that formatting a file changes no plan.
 */
import { z } from "zod";
import { canonicalJson, sha256 } from "../canonical-json.ts";
import type { PlanDigest } from "../ids.ts";
import { canonicalValue, expression, typeName } from "./expression.ts";
import { queueConfiguration } from "./queue.ts";
import { outputValue, step } from "./step.ts";
import { triggerRegistration } from "./trigger.ts";

export const planVersion = 1;

export const planInput = z.strictObject({
  name: z.string(),
  type: typeName,
  /** Present where the input may be left out. A default of None lets the input take None besides its type. */
  default: canonicalValue.optional(),
});
export type PlanInput = z.infer<typeof planInput>;

/** A wrapper in force: one of the library, or a macro with its own lines around the pipeline's phases. */
export const wrapper = z.strictObject({
  node: z.string(),
  name: z.string(),
  arguments: z.array(z.strictObject({ name: z.string().optional(), value: expression })),
  results: z.array(z.strictObject({ variable: z.string(), type: typeName })),
  macro: z
    .strictObject({
      inputs: z.array(planInput),
      setup: z.array(step),
      cleanup: z.array(step),
      outputs: z.array(outputValue),
    })
    .optional(),
});
export type Wrapper = z.infer<typeof wrapper>;

/** What runs: the phases of one pipeline. The caller's plan holds a body for each pipeline that its steps call. */
export const planBody = z.strictObject({
  inputs: z.array(planInput),
  wrappers: z.array(wrapper),
  /** Version asked of a language's runtime, `3.11`; a language that is absent takes the newest that the agent has. */
  runtimes: z.partialRecord(z.enum(["py", "js", "rust", "cpp"]), z.string()),
  /** The file of a bundle that says which packages a language's code has; a language that is absent takes what the runtime brings along. */
  environments: z
    .partialRecord(z.enum(["py", "js", "rust"]), z.strictObject({ path: z.string(), bundle_digest: z.string() }))
    .optional(),
  setup: z.array(step),
  run: z.array(step),
  cleanup: z.array(step),
  outputs: z.array(outputValue),
  /** Of a callee: the only settings of its own that apply within its caller's execution. */
  kill: queueConfiguration.shape.kill,
});
export type PlanBody = z.infer<typeof planBody>;

export const plan = planBody
  .extend({
    version: z.literal(planVersion),
    pipeline_id: z.string(),
    triggers: z.array(triggerRegistration),
    queue: queueConfiguration,
    callees: z.record(z.string(), planBody),
  })
  .meta({ id: "Plan", title: "Polyglot execution plan" });
export type Plan = z.infer<typeof plan>;

/** Where a node stands in the source. Lines and columns count from 1, columns in code points. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
export type PlanPositions = Readonly<Record<string, SourcePosition>>;

export function digestOfPlan(value: Plan): PlanDigest {
  return sha256(canonicalJson(value)) as PlanDigest;
}
