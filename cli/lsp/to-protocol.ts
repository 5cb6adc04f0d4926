/** What the compiler says, in the words of the language server protocol. */
import type { Completion, Diagnostic, EditorDescription, OutlineItem } from "@polyglot/compiler";
import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic as ProtocolDiagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type DocumentSymbol,
  type Hover,
  MarkupKind,
  type Range,
  SymbolKind,
  TextEdit,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";

/** Positions from offsets; a byte order mark is no part of what the compiler counts. */
export const documentOf = (text: string): TextDocument => TextDocument.create("", "", 0, text.replace(/^\uFEFF/, ""));

export const rangeOf = (
  document: TextDocument,
  { start, end }: { readonly start: number; readonly end: number },
): Range => ({
  start: document.positionAt(start),
  end: document.positionAt(end),
});

const unused: ReadonlySet<string> = new Set(["PG2015", "PG2016"]);

export function protocolDiagnostic(found: Diagnostic, lines: readonly string[]): ProtocolDiagnostic {
  const { line, column, endLine, endColumn, severity, code, message, hint } = found;
  return {
    range: { start: position(line, column, lines), end: position(endLine, endColumn, lines) },
    severity: severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: "polyglot",
    code,
    message: hint === undefined ? message : `${message}\n${hint}`,
    ...(unused.has(code) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}

/** Columns of findings count code points, those of the protocol UTF-16 units. */
function position(line: number, column: number, lines: readonly string[]) {
  const before = Array.from(lines[line - 1] ?? "").slice(0, column - 1);
  return { line: line - 1, character: before.join("").length };
}

const completionKinds = {
  element: CompletionItemKind.Keyword,
  library: CompletionItemKind.Method,
  pipeline: CompletionItemKind.Function,
  macro: CompletionItemKind.Interface,
  function: CompletionItemKind.Function,
  alias: CompletionItemKind.Module,
  enum: CompletionItemKind.Enum,
  member: CompletionItemKind.EnumMember,
  type: CompletionItemKind.Class,
  variable: CompletionItemKind.Variable,
  parameter: CompletionItemKind.Property,
} as const satisfies Record<Completion["kind"], CompletionItemKind>;

export function completionItem(item: Completion, document: TextDocument, offset: number): CompletionItem {
  const { label, kind, detail, documentation, insert, start } = item;
  return {
    label,
    kind: completionKinds[kind],
    detail,
    ...(documentation === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
    filterText: label,
    textEdit: TextEdit.replace(rangeOf(document, { start, end: offset }), insert),
  };
}

export function hoverOf(found: EditorDescription, document: TextDocument): Hover {
  const value = `\`\`\`polyglot\n${found.code}\n\`\`\`\n\n${found.text}`;
  return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(document, found) };
}

const symbolKinds = {
  pipeline: SymbolKind.Function,
  macro: SymbolKind.Interface,
  enum: SymbolKind.Enum,
} as const satisfies Record<OutlineItem["kind"], SymbolKind>;

export function documentSymbol(item: OutlineItem, document: TextDocument): DocumentSymbol {
  const { name, kind, nameSpan } = item;
  const whole = { start: Math.min(item.start, nameSpan.start), end: Math.max(item.end, nameSpan.end) };
  return {
    name,
    kind: symbolKinds[kind],
    range: rangeOf(document, whole),
    selectionRange: rangeOf(document, nameSpan),
  };
}

/** What mends a finding, where its hint says so. */
export function fixesOf(document: TextDocument, found: ProtocolDiagnostic): CodeAction[] {
  const { uri } = document;
  const near = /\ndid you mean '([^']+)'\?/.exec(textOf(found))?.[1];
  if (near !== undefined) {
    const written = document.getText(found.range);
    // A hint names things with their mark, `|U.Log.Info`, and the place may be that of the name alone.
    const name = /^[|@#]/.test(written) ? near : near.replace(/^[|@#]/, "");
    return [fix(`Change to '${name}'`, uri, found, TextEdit.replace(found.range, name))];
  }
  if (found.code !== "PG2015") return [];
  const { line } = found.range.start;
  const whole = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  return [fix("Remove the unused import", uri, found, TextEdit.del(whole))];
}

const textOf = ({ message }: ProtocolDiagnostic): string => (typeof message === "string" ? message : message.value);

const fix = (title: string, uri: string, found: ProtocolDiagnostic, edit: TextEdit): CodeAction => ({
  title,
  kind: CodeActionKind.QuickFix,
  diagnostics: [found],
  isPreferred: true,
  edit: { changes: { [uri]: [edit] } },
});
