/** YAML documents of `polyglot.dev` to declared objects. Other YAML is not ours and passed over. */
import type { FileSet } from "@polyglot/contracts";
import { isLeftOut } from "../check/project.ts";
import { readSourceFile, type SourceFile } from "../source/source-file.ts";
import { DeclaredNames } from "./declared-names.ts";
import { type ObjectFile, ObjectReader } from "./object-reader.ts";

export interface ParsedObjects {
  /** In the order of their paths. */
  readonly files: readonly ObjectFile[];
  readonly declared: DeclaredNames;
}

export function parseObjects(files: FileSet): ParsedObjects {
  const paths = [...files.keys()].filter((path) => /\.ya?ml$/.test(path) && !isLeftOut(path)).sort();
  const declared = new DeclaredNames();
  const sources = paths.map((path) => readSourceFile(path, files.get(path) ?? new Uint8Array())).filter(isOurs);
  return { files: sources.map((source) => new ObjectReader(source, declared).read()), declared };
}

const isOurs = (source: SourceFile): boolean => /["']?\bapiVersion["']?\s*:\s*["']?polyglot\.dev\//.test(source.text);
