/** Fields that are validated and that nothing acts on yet, or not for all of their values: an apply refuses them. */
import { z } from "zod";
import { type FieldPath, partOf, withoutWrapping } from "./schema-parts.ts";

const openFields = z.registry<{ readonly isOpen: (value: unknown) => boolean }>();

export function notYet<Schema extends z.ZodType>(
  schema: Schema,
  isOpen: (value: unknown) => boolean = () => true,
): Schema {
  // A copy, so that another field of the same schema is not meant too.
  const own = schema.clone();
  openFields.add(own, { isOpen });
  return own;
}

/** Paths of the fields of a value that nothing acts on. The rest need not be valid. */
export function findOpenFields(schema: z.ZodType, value: unknown, path: FieldPath = []): FieldPath[] {
  const plain = withoutWrapping(schema);
  if (openFields.get(plain)?.isOpen(value) === true) return [path];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([part, item]) => {
    const inner = partOf(plain, part);
    return inner === undefined ? [] : findOpenFields(inner, item, [...path, part]);
  });
}
