/**
 * Whether a value is under a shape what it was before: the common case, told without a copy, a path or a closure for each
 * element. False says only that `fit` has to look; where it is true, `fit` would answer the same value.
 */
import { type CanonicalValue, tagOf } from "@polyglot/contracts";
import { type Border, maxDepth } from "./fit.ts";
import { isFloat, isInt } from "./numbers.ts";
import type { Shape } from "./shape.ts";

export function stays(value: CanonicalValue, shape: Shape, border: Border, depth = 0): boolean {
  switch (shape.kind) {
    case "float":
      return isFloat(value);
    case "int":
      return isInt(value);
    case "bigint":
      return border !== "js" && isInt(value);
    case "number":
      return isInt(value) || isFloat(value);
    case "text":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "none":
      return value === null;
    case "bytes":
      return tagOf(value) === "$bytes";
    case "optional":
      return value === null || stays(value, shape.of, border, depth);
    case "list":
      if (shape.array !== undefined && border === "js") return false;
      return (shape.form === "list" || border !== "py") && eachStays(value, shape.element, border, depth);
    case "map":
      return mapStays(value, shape, border, depth);
    case "any":
    case "datetime":
    case "duration":
    case "enum":
    case "handle":
    case "range":
    case "tuple":
      return false;
  }
}

function eachStays(value: CanonicalValue, element: Shape, border: Border, depth: number): boolean {
  if (!Array.isArray(value) || depth >= maxDepth) return false;
  for (const item of value) if (!stays(item, element, border, depth + 1)) return false;
  return true;
}

/** Keys of an object are text; other maps are left to `fit`. */
function mapStays(
  value: CanonicalValue,
  { key, value: inner }: Extract<Shape, { kind: "map" }>,
  border: Border,
  depth: number,
): boolean {
  if (key.kind !== "text" && key.kind !== "any") return false;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  if (depth >= maxDepth || tagOf(value) !== undefined) return false;
  for (const item of Object.values(value)) if (!stays(item, inner, border, depth + 1)) return false;
  return true;
}
