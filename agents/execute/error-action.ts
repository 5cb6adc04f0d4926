/**
 * `|U.Error.Handle.OOM << "Recover"` and its like, in a handler: runs a pipeline with the error where that is of the
 * class, and says whether it was.
 */
import type { CallEnd } from "./call.ts";
import { callPipeline } from "./callee.ts";
import { failed } from "./flow.ts";
import type { Frame } from "./frame.ts";
import { takes, valueOfError } from "./handler.ts";
import { at, raised } from "./raised.ts";

/** Error types that are of a class, with those below them. */
const outOfMemory = ["pg\\!OOMError", "py\\!MemoryError", "cpp\\!BadAlloc"];
const throttled = ["pg\\!CpuThrottleError"];
const classes: Readonly<Record<string, readonly string[]>> = {
  "U.Error.Handle.OOM": outOfMemory,
  "U.Error.Handle.CpuThrottle": throttled,
  "U.Error.Handle.Timeout": ["pg\\!TimeoutError", "py\\!TimeoutError", "js\\!TimeoutError"],
  "U.Error.Handle.ResourceLimit": [...outOfMemory, ...throttled, "pg\\!DiskFullError", "pg\\!ResourceError"],
};

export const isErrorAction = (name: string): boolean => Object.hasOwn(classes, name);

export const errorActionParameters: readonly (readonly string[])[] = [["action"]];

export async function actOnError(name: string, pipelineId: string, frame: Frame, node: string): Promise<CallEnd> {
  const error = frame.failedStep?.error;
  if (error === undefined) {
    const message = `'${name}' looks at the error of a failed step, so it stands in a handler`;
    return { kind: "flow", flow: failed(at(node, raised("ValidationError", message))) };
  }
  const isOfClass = classes[name]?.some((type) => {
    const [lang = "", base = ""] = type.split("\\!");
    return takes({ lang, error: base }, error);
  });
  if (isOfClass !== true) return { kind: "values", values: [false] };
  const given = [{ value: valueOfError(error), from: "pg\\any", to: "pg\\any" }];
  const end = await callPipeline(pipelineId, given, [], frame, node);
  return end.kind === "flow" ? end : { kind: "values", values: [true] };
}
