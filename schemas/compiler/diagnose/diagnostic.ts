/** A finding: what is wrong, where, and where it helps how to mend it. */
export type Severity = "error" | "warning";

export interface Diagnostic {
  /** Path as it was given to the compiler. */
  readonly file: string;
  /** Lines and columns count from 1, columns in code points; the end is the place after the last character. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Severity;
  /** `PG` and four digits, stable over versions. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** `file:line:column: error CODE: message`, the hint indented below. */
export function formatDiagnostic(found: Diagnostic): string {
  const head = `${found.file}:${found.line}:${found.column}: ${found.severity} ${found.code}: ${found.message}`;
  return found.hint === undefined ? head : `${head}\n    ${found.hint}`;
}

/** By file, then place, then code: the order in which findings are printed. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.code, b.code);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
