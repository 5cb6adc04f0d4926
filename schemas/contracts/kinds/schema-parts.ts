/** What stands where in a kind's schema: field names for spelling hints, and the fields that name other objects. */
import { z } from "zod";
import { type ReferenceTarget, references } from "./reference.ts";

export type FieldPath = readonly (string | number)[];

export interface FoundReference {
  readonly target: ReferenceTarget;
  readonly name: string;
  readonly path: FieldPath;
}

/** Names that the schema knows at a path; none where it knows no fields there. */
export function fieldNamesAt(schema: z.ZodType, path: FieldPath): string[] {
  let at: z.ZodType | undefined = schema;
  for (const part of path) at = at && partOf(at, part);
  const found = at && withoutWrapping(at);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** All fields of a value that name other objects, apart from names that cannot be. The rest need not be valid. */
export function findReferences(schema: z.ZodType, value: unknown, path: FieldPath = []): FoundReference[] {
  const plain = withoutWrapping(schema);
  const target = references.get(plain)?.target;
  if (target !== undefined) return plain.safeParse(value).success ? [{ target, name: String(value), path }] : [];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value) !== plain instanceof z.ZodArray) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([part, item]: [string | number, unknown]) => {
    const inner = partOf(plain, part);
    return inner === undefined ? [] : findReferences(inner, item, [...path, part]);
  });
}

export function partOf(schema: z.ZodType, part: string | number): z.ZodType | undefined {
  const plain = withoutWrapping(schema);
  if (plain instanceof z.ZodArray) return plain.element as z.ZodType;
  if (plain instanceof z.ZodRecord) return plain.valueType as z.ZodType;
  if (!(plain instanceof z.ZodObject) || !Object.hasOwn(plain.shape, part)) return undefined;
  return plain.shape[part] as z.ZodType;
}

export function withoutWrapping(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)) return schema;
  return withoutWrapping(schema.unwrap() as z.ZodType);
}
