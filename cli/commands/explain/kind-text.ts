import { type DeclaredKind, declaredKinds } from "@polyglot/contracts";
import { wrapText } from "../../output/wrap-text.ts";
import { type KindField, readKind } from "./kind-fields.ts";

/** A kind's fields, each below the field that holds it. */
export function kindText(kind: DeclaredKind, width: number): string {
  const { title, fields } = readKind(kind);
  const { since } = declaredKinds[kind];
  const state = `since ${since}`;
  return [`${kind}: a kind of YAML file`, "", `  ${title}`, "", ...fieldLines(fields, 1, width), "", `  ${state}`].join(
    "\n",
  );
}

/** What does not fit goes on two levels deeper, so that it is no field of its own. */
function fieldLines(fields: readonly KindField[], depth: number, width: number): string[] {
  return fields.flatMap((field) => {
    const words = [field.type, ...(field.isRequired ? ["required"] : []), ...defaultWords(field)].join(", ");
    const description = field.description === undefined ? "" : `: ${field.description}`;
    const [first = "", ...rest] = wrapText(`${field.name} (${words})${description}`, width - 2 * (depth + 2));
    const lines = ["  ".repeat(depth) + first, ...rest.map((line) => "  ".repeat(depth + 2) + line)];
    return [...lines, ...fieldLines(field.fields, depth + 1, width)];
  });
}

const defaultWords = (field: KindField): string[] =>
  field.default === undefined ? [] : [`default ${JSON.stringify(field.default)}`];
