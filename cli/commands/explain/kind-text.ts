import { createRequire } from "node:module";

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

/** Schemas may refer to themselves. */
const maximalDepth = 8;

const load = createRequire(import.meta.url);

/** A kind's fields as its published schema has them, each below the field that holds it. */
export function kindText(kind: string): string {
  const schema = load(`@polyglot/contracts/json-schema/kinds/${kind}.json`) as Schema;
  const definitions = schema.$defs ?? {};
  const root = resolve(schema, definitions);
  return [`${kind}: a kind of YAML file`, "", `  ${root.title ?? ""}`, "", ...fieldLines(root, definitions, 1)].join(
    "\n",
  );
}

function fieldLines(schema: Schema, definitions: Definitions, depth: number): string[] {
  if (depth > maximalDepth) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, declared]) => {
    const field = resolve(declared, definitions);
    const isRequired = schema.required?.includes(name) === true && field.default === undefined;
    const words = [typeText(field, definitions), ...(isRequired ? ["required"] : []), ...defaultWords(field)].join(
      ", ",
    );
    const description = field.description === undefined ? "" : `: ${field.description}`;
    const inner = resolve(field.items ?? field, definitions);
    return [`${"  ".repeat(depth)}${name} (${words})${description}`, ...fieldLines(inner, definitions, depth + 1)];
  });
}

const defaultWords = (field: Schema): string[] =>
  field.default === undefined ? [] : [`default ${JSON.stringify(field.default)}`];

function typeText(schema: Schema, definitions: Definitions): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
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
