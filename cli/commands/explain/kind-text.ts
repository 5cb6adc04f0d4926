import { type DeclaredKind, declaredKinds } from "@polyglot/contracts";
import { type KindField, readKind } from "./kind-fields.ts";

/** A kind's fields, each below the field that holds it. */
export function kindText(kind: DeclaredKind): string {
  const { title, fields } = readKind(kind);
  const { since } = declaredKinds[kind];
  const state = since === null ? "not acted on yet: it is validated, but not applied" : `since ${since}`;
  return [`${kind}: a kind of YAML file`, "", `  ${title}`, "", ...fieldLines(fields, 1), "", `  ${state}`].join("\n");
}

function fieldLines(fields: readonly KindField[], depth: number): string[] {
  return fields.flatMap((field) => {
    const words = [field.type, ...(field.isRequired ? ["required"] : []), ...defaultWords(field)].join(", ");
    const description = field.description === undefined ? "" : `: ${field.description}`;
    return [`${"  ".repeat(depth)}${field.name} (${words})${description}`, ...fieldLines(field.fields, depth + 1)];
  });
}

const defaultWords = (field: KindField): string[] =>
  field.default === undefined ? [] : [`default ${JSON.stringify(field.default)}`];
