import type { Diagnostic } from "./diagnose/diagnostic.ts";
import { Findings } from "./diagnose/findings.ts";
import { readSourceFile } from "./source/source-file.ts";
import type { FileNode } from "./syntax/file-tree.ts";
import { parseFile } from "./syntax/parse-file.ts";

export interface ParseResult {
  /** Offsets in it are UTF-16 offsets into `tree.source.text`. */
  readonly tree: FileNode;
  readonly diagnostics: readonly Diagnostic[];
}

/** One file alone: its tree and what is wrong with its syntax. No name is resolved. Never fails. */
export function parse(path: string, bytes: Uint8Array): ParseResult {
  const source = readSourceFile(path, bytes);
  const findings = new Findings(source);
  return { tree: parseFile(source, findings), diagnostics: findings.list() };
}
