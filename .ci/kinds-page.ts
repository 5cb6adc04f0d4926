/** `docs/kinds.md`: every kind of YAML file, from its published schema. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DeclaredKind, declaredKinds } from "@polyglot/contracts";
import { type KindField, readKind } from "../cli/commands/explain/kind-fields.ts";

const kinds = Object.keys(declaredKinds) as DeclaredKind[];
const examples = join(import.meta.dirname, "../schemas/contracts/kinds/examples");

export function kindsPage(): string[] {
  return [
    "# Kinds of YAML files",
    "",
    "<!-- Written by `npm run generate`. -->",
    "",
    "An object has `apiVersion: polyglot.dev/v1`, a `kind`, `metadata` and a `spec`. A file may hold several, with a line",
    "`---` between them. `polyglot validate` finds unknown fields, wrong types, names that stand twice and references to",
    "nothing, with file, line and column. YAML is read as version 1.2; a document may use at most 20 aliases.",
    "",
    "*Since* is the version that acts on a kind. `polyglot explain Queue` prints one kind. The JSON Schemas (draft 2020-12) lie in",
    "`schemas/contracts/json-schema/kinds`; an editor takes one from a first line like this:",
    "",
    "```yaml",
    "# yaml-language-server: $schema=../schemas/contracts/json-schema/kinds/Queue.json",
    "```",
    "",
    "Lengths of time are written `250ms`, `30s`, `1h30m`, `7d`; amounts of bytes `512Mi`, `2G`; cores as numbers, `1.5`.",
    "",
    "| kind | since | |",
    "|---|---|---|",
    ...kinds.map(
      (kind) => `| [${kind}](#${kind.toLowerCase()}) | ${declaredKinds[kind].since} | ${readKind(kind).title} |`,
    ),
    "",
    "## Metadata",
    "",
    ...table(fieldsUnder("Calendar", "metadata")),
    ...kinds.flatMap(kindSection),
  ].slice(0, -1);
}

function kindSection(kind: DeclaredKind): string[] {
  const { since } = declaredKinds[kind];
  return [
    `## ${kind}`,
    "",
    `${readKind(kind).title}. Since ${since}.`,
    "",
    "```yaml",
    readFileSync(join(examples, `${kind}.yaml`), "utf8").trimEnd(),
    "```",
    "",
    ...table(fieldsUnder(kind, "spec")),
  ];
}

function fieldsUnder(kind: DeclaredKind, name: string): readonly KindField[] {
  return readKind(kind).fields.find((field) => field.name === name)?.fields ?? [];
}

const table = (fields: readonly KindField[]): string[] => [
  "| field | type | default | |",
  "|---|---|---|---|",
  ...rows(fields, ""),
  "",
];

function rows(fields: readonly KindField[], prefix: string): string[] {
  return fields.flatMap((field) => {
    const path = `${prefix}${field.name}`;
    const state = field.isRequired ? "*required*" : defaultText(field);
    const cells = [`\`${path}\``, cell(field.type), state, cell(field.description ?? "")];
    const inner = field.type.startsWith("list of ") ? `${path}[].` : `${path}.`;
    return [`| ${cells.join(" | ")} |`, ...rows(field.fields, inner)];
  });
}

const defaultText = (field: KindField): string =>
  field.default === undefined ? "" : `\`${JSON.stringify(field.default)}\``;

/** A bar would end the cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|");
