/** SARIF 2.1.0 (OASIS): findings for code scanning of GitHub, GitLab and editors. */
import type { Diagnostic } from "@polyglot/compiler";
import type { Finding } from "./explain/finding-text.ts";
import { findings } from "./explain/gen/findings.ts";

const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

export function sarifLog(found: readonly Diagnostic[], version: string): object {
  const used = new Set(found.map((finding) => finding.code));
  const rules = [...findings].filter(([code]) => used.has(code));
  const indices = new Map(rules.map(([code], index) => [code, index]));
  return {
    $schema: schema,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "polyglot", version, rules: rules.map(ruleOf) } },
        columnKind: "unicodeCodePoints",
        results: found.map((finding) => resultOf(finding, indices.get(finding.code))),
      },
    ],
  };
}

function ruleOf([code, { severity, title, explanation }]: readonly [string, Finding]): object {
  return {
    id: code,
    shortDescription: { text: title },
    help: { text: explanation },
    defaultConfiguration: { level: severity },
  };
}

function resultOf(finding: Diagnostic, ruleIndex: number | undefined): object {
  const { line, column, endLine, endColumn } = finding;
  const region = { startLine: line, startColumn: column, endLine, endColumn };
  return {
    ruleId: finding.code,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: finding.severity,
    message: { text: finding.hint === undefined ? finding.message : `${finding.message}\n${finding.hint}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(finding.file) }, region } }],
  };
}

/** Relative, as the caller wrote the path; `#` and `?` would otherwise end it. */
const uriOf = (file: string): string => file.split("/").map(encodeURIComponent).join("/");
