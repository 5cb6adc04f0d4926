import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { type CanonicalValue, kindOfType, parseTypeName, type TypeKind } from "@polyglot/contracts";
import type { PipelineInput } from "@polyglot/contracts/service";
import { valueText } from "../output/value-text.ts";

/** `times (pg\int, else 3)`. */
export function describeInput({ name, type, required, defaultValue }: PipelineInput): string {
  if (required) return `${name} (${type})`;
  const value = defaultValue === undefined ? null : (toJson(ValueSchema, defaultValue) as CanonicalValue);
  return `${name} (${type}, else ${valueText(value)})`;
}

export function kindOfInput({ type }: Pick<PipelineInput, "type">): TypeKind | undefined {
  const parsed = parseTypeName(type);
  return parsed === undefined ? undefined : kindOfType(parsed);
}

/** How a value is written where that is not plain. */
export const examples: Readonly<Partial<Record<TypeKind, string>>> = {
  bytes: "a text, or @FILE",
  datetime: "like 2026-01-31T12:00:00Z",
  duration: "like 90, 1.5s, 5m or 2h",
  range: "like 1..5",
  list: "as JSON, like [1, 2]",
  map: 'as JSON, like {"a": 1}',
};
