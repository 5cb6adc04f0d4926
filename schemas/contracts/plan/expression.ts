import { z } from "zod";
import type { CanonicalValue } from "../values.ts";

/** A type as `.pg` writes it, without white space: `pg\int`, `rust\Vec<i64>`. Parsed by `parseTypeName`. */
export const typeName = z
  .string()
  .regex(/^(pg|py|js|rust|cpp)\\\S+$/)
  .meta({ description: "A type: language, backslash, name" });

/** A canonical value; see `values.ts`. */
export const canonicalValue: z.ZodType<CanonicalValue> = z.json().meta({ description: "A canonical value" });

/** A variable, or a field below it: `row`, `row.name`. */
const reference = z.strictObject({ name: z.string(), path: z.array(z.string()) });

/** A value that a step computes when it starts. A closed language: no calls, no code. */
export type Expression =
  | { kind: "literal"; value: CanonicalValue; type: string }
  | { kind: "variable"; name: string; path: string[] }
  | { kind: "text"; parts: (string | { name: string; path: string[] })[] }
  | { kind: "list"; items: Expression[] }
  | { kind: "map"; entries: [string, Expression][] };

export const expression: z.ZodType<Expression> = z
  .lazy(() =>
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("literal"), value: canonicalValue, type: typeName }),
      reference.extend({ kind: z.literal("variable") }),
      z.strictObject({ kind: z.literal("text"), parts: z.array(z.union([z.string(), reference])) }),
      z.strictObject({ kind: z.literal("list"), items: z.array(expression) }),
      z.strictObject({ kind: z.literal("map"), entries: z.array(z.tuple([z.string(), expression])) }),
    ]),
  )
  .meta({ id: "Expression" });
