/** A canonical value taken under a type: the results of calls, and `>> x: type` between variables. */
import type { CanonicalValue } from "@polyglot/contracts";
import { type Fitted, fit } from "./fit.ts";
import { shapeOf } from "./shape.ts";
import { stays } from "./stays.ts";

export function retype(
  value: CanonicalValue,
  type: string,
  context: { readonly root: string; readonly namespace: string },
): Fitted {
  const shape = shapeOf(type);
  if (shape === undefined) return { kind: "misfit", path: context.root, message: `no converter to the type ${type}` };
  if (shape.kind === "any") return { kind: "value", value };
  if (shape.kind === "list" && shape.element.kind === "any" && Array.isArray(value)) return { kind: "value", value };
  if (stays(value, shape, "pg")) return { kind: "value", value };
  return fit(value, shape, { ...context, border: "pg", type });
}
