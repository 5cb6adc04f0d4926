import { type Diagnostic, formatDiagnostic } from "@polyglot/compiler";
import { sarifLog } from "./sarif.ts";

export type FindingFormat = "text" | "json" | "github" | "sarif";

/** `version` is that of this program: SARIF names who found what. */
export function formatFindings(found: readonly Diagnostic[], format: FindingFormat, version: string): string {
  if (format === "sarif") return JSON.stringify(sarifLog(found, version), undefined, 2);
  if (format === "json") return JSON.stringify(found.map(toJson), undefined, 2);
  return found.map((finding) => (format === "github" ? annotation(finding) : formatDiagnostic(finding))).join("\n");
}

/** Field names as in the messages of the API. */
const toJson = (finding: Diagnostic): object => ({
  file: finding.file,
  line: finding.line,
  column: finding.column,
  end_line: finding.endLine,
  end_column: finding.endColumn,
  severity: finding.severity,
  code: finding.code,
  message: finding.message,
  hint: finding.hint ?? null,
});

/** A workflow command of GitHub Actions: the finding appears on its line in the review. */
function annotation(finding: Diagnostic): string {
  const place = `file=${property(finding.file)},line=${finding.line},endLine=${finding.endLine},col=${finding.column},endColumn=${finding.endColumn}`;
  const text = finding.hint === undefined ? finding.message : `${finding.message}\n${finding.hint}`;
  return `::${finding.severity} ${place},title=${property(finding.code)}::${data(text)}`;
}

const data = (text: string): string => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const property = (text: string): string => data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
