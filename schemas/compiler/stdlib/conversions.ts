/** `U.Convert.{Lang}.{Type}.To.{Lang}.{Type}`: the explicit form of every converter. */
import { parseConversionName, parseTypeName } from "@polyglot/contracts";
import { type Shape, shapeOf, shapesConvert } from "../check/shape.ts";
import { entry, type LibraryEntry } from "./entry.ts";

/** Undefined where no converter goes from the one type to the other. */
export function findConversion(name: string): LibraryEntry | undefined {
  const types = parseConversionName(name);
  const [from, to] = types === undefined ? [] : [knownShape(types.from), knownShape(types.to)];
  if (types === undefined || from === undefined || to === undefined || !shapesConvert(from, to)) return undefined;
  return entry("utility", name, {
    takes: `value: ${types.from}`,
    gives: `value: ${types.to}`,
    doc: `The value as ${types.to}, as it is passed without this line; one that does not fit is an error.`,
    since: "0.1.0",
  });
}

/** A type whose arguments cannot be left out has no name here. */
function knownShape(type: string): Shape | undefined {
  const parsed = parseTypeName(type);
  const shape = parsed === undefined ? undefined : shapeOf(parsed);
  return shape === undefined || "unknown" in shape ? undefined : shape;
}
