import type { Diagnostic } from "@polyglot/contracts/service";

/** `file:line:column: error CODE: message`, the hint indented below: the form that `validate` prints as well. */
export function diagnosticText(found: Diagnostic): string {
  const { position, severity, code, message, hint } = found;
  const place = position === undefined ? "" : `${position.file}:${position.line}:${position.column}: `;
  return `${place}${severity} ${code}: ${message}${hint === "" ? "" : `\n    ${hint}`}`;
}
