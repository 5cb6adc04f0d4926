/** A kind's fields as its published schema has them, for `explain` and for `docs/kinds.md`. */
import { createRequire } from "node:module";
import type { DeclaredKind } from "@polyglot/contracts";

/** What is read of a JSON Schema (draft 2020-12). */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

type Definitions = Readonly<Record<string, Schema>>;

export interface KindField {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly default?: unknown;
  readonly description?: string;
  /** Of an object, or of what a list holds. */
  readonly fields: readonly KindField[];
}

/** Schemas may refer to themselves. */
const maximalDepth = 8;

const load = createRequire(import.meta.url);

export function readKind(kind: DeclaredKind): { readonly title: string; readonly fields: readonly KindField[] } {
  const schema = load(`@polyglot/contracts/json-schema/kinds/${kind}.json`) as Schema;
  const definitions = schema.$defs ?? {};
  const root = resolve(schema, definitions);
  return { title: root.title ?? "", fields: fieldsOf(root, definitions, 1) };
}

function fieldsOf(schema: Schema, definitions: Definitions, depth: number): KindField[] {
  if (depth > maximalDepth) return [];
  return Object.entries(schema.properties ?? {}).map(([name, declared]) => {
    const field = resolve(declared, definitions);
    return {
      name,
      type: typeText(field, definitions),
      isRequired: schema.required?.includes(name) === true && field.default === undefined,
      ...(field.default !== undefined && { default: field.default }),
      ...(field.description !== undefined && { description: field.description }),
      fields: fieldsOf(resolve(field.items ?? field, definitions), definitions, depth + 1),
    };
  });
}

function typeText(schema: Schema, definitions: Definitions): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    // Only any JSON value is a choice that holds itself.
    if (choices.some((choice) => choice.items?.$ref !== undefined)) return "any";
    return [...new Set(choices.map((choice) => typeText(resolve(choice, definitions), definitions)))].join(" | ");
  }
  if (schema.items !== undefined) return `list of ${typeText(resolve(schema.items, definitions), definitions)}`;
  if (typeof schema.additionalProperties === "object" && schema.properties === undefined) {
    return `map of ${typeText(resolve(schema.additionalProperties, definitions), definitions)}`;
  }
  return [schema.type ?? "any"].flat().join(" | ");
}

/** What stands beside a reference counts before what it refers to. */
function resolve(schema: Schema, definitions: Definitions): Schema {
  const name = schema.$ref?.replace("#/$defs/", "");
  if (name === undefined) return schema;
  const { $ref: _, ...own } = schema;
  return { ...definitions[name], ...own };
}
