import type { Expression } from "@polyglot/contracts";

type Reference = { readonly name: string; readonly path: readonly string[] };

/** As `.pg` writes it, so far as a label needs. */
export function expressionText(value: Expression): string {
  switch (value.kind) {
    case "literal":
      return typeof value.value === "object" ? JSON.stringify(value.value) : literalText(value.value);
    case "variable":
      return referenceText(value);
    case "text":
      return `"${value.parts.map((part) => (typeof part === "string" ? part : `{${referenceText(part)}}`)).join("")}"`;
    case "list":
      return `[${value.items.map(expressionText).join(", ")}]`;
    case "map":
      return `{${value.entries.map(([key, item]) => `"${key}": ${expressionText(item)}`).join(", ")}}`;
  }
}

const literalText = (value: string | number | boolean): string =>
  typeof value === "string" ? JSON.stringify(value) : String(value);

const referenceText = ({ name, path }: Reference): string => [name, ...path].join(".");

/** Names of the variables that it reads. */
export function variablesIn(value: Expression): string[] {
  switch (value.kind) {
    case "literal":
      return [];
    case "variable":
      return [value.name];
    case "text":
      return value.parts.flatMap((part) => (typeof part === "string" ? [] : [part.name]));
    case "list":
      return value.items.flatMap(variablesIn);
    case "map":
      return value.entries.flatMap(([, item]) => variablesIn(item));
  }
}
