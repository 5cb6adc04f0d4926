/** YAML documents of `polyglot.dev` to declared objects. Other YAML is not ours and passed over. */
import type { FileSet } from "@polyglot/contracts";
import { PastFiles } from "../check/past-files.ts";
import { isLeftOut } from "../check/project.ts";
import { DeclaredNames } from "./declared-names.ts";
import { type ObjectFile, ObjectReader } from "./object-reader.ts";

export interface ParsedObjects {
  /** In the order of their paths. */
  readonly files: readonly ObjectFile[];
  readonly declared: DeclaredNames;
}

export function parseObjects(files: FileSet, past: PastFiles = new PastFiles()): ParsedObjects {
  const paths = [...files.keys()].filter((path) => /\.ya?ml$/.test(path) && !isLeftOut(path)).sort();
  const declared = new DeclaredNames();
  const read = paths.map((path) => past.readYaml(path, files.get(path) ?? new Uint8Array()));
  const ours = read.filter((file) => file.documents.length > 0);
  return { files: ours.map((file) => new ObjectReader(file, declared).read()), declared };
}
