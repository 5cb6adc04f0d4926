/** Files of earlier rounds, kept by their bytes: what did not change is not read again. */
import { type Bundle, createBundle, type FileSet } from "@polyglot/contracts";
import { type Document, LineCounter, parseAllDocuments } from "yaml";
import { Findings } from "../diagnose/findings.ts";
import { readSourceFile, type SourceFile } from "../source/source-file.ts";
import type { FileNode } from "../syntax/file-tree.ts";
import { parseFile } from "../syntax/parse-file.ts";

interface ParsedFile {
  readonly source: SourceFile;
  readonly tree: FileNode;
  readonly findings: Findings;
}

export interface YamlFile {
  readonly source: SourceFile;
  readonly documents: readonly Document.Parsed[];
}

interface PastBundle {
  readonly files: FileSet;
  readonly bundle: Bundle;
}

export class PastFiles {
  readonly #parsed = new WeakMap<Uint8Array, ParsedFile>();
  readonly #yaml = new WeakMap<Uint8Array, YamlFile>();
  #bundles: ReadonlyMap<string, PastBundle> = new Map();

  /** The findings are the caller's own to add to. */
  parse(path: string, bytes: Uint8Array): ParsedFile {
    const known = this.#parsed.get(bytes);
    const parsed = known?.source.path === path ? known : parse(path, bytes);
    this.#parsed.set(bytes, parsed);
    return { ...parsed, findings: parsed.findings.copy() };
  }

  readYaml(path: string, bytes: Uint8Array): YamlFile {
    const known = this.#yaml.get(bytes);
    const read = known?.source.path === path ? known : readYaml(path, bytes);
    this.#yaml.set(bytes, read);
    return read;
  }

  /** Bundles of all folders that have one, in place of those of the round before. */
  createBundles(filesByFolder: ReadonlyMap<string, FileSet>): ReadonlyMap<string, Bundle> {
    const bundles = new Map<string, PastBundle>();
    for (const [folder, files] of filesByFolder) {
      const known = this.#bundles.get(folder);
      const isSame = known !== undefined && hasSameFiles(known.files, files);
      bundles.set(folder, isSame ? known : { files, bundle: createBundle(files) });
    }
    this.#bundles = bundles;
    return new Map([...bundles].map(([folder, { bundle }]) => [folder, bundle]));
  }
}

function parse(path: string, bytes: Uint8Array): ParsedFile {
  const source = readSourceFile(path, bytes);
  const findings = new Findings(source);
  return { source, findings, tree: parseFile(source, findings) };
}

/** Other YAML than that of `polyglot.dev` is not ours and not parsed. */
const ours = /["']?\bapiVersion["']?\s*:\s*["']?polyglot\.dev\//;

function readYaml(path: string, bytes: Uint8Array): YamlFile {
  const source = readSourceFile(path, bytes);
  if (!ours.test(source.text)) return { source, documents: [] };
  const lineCounter = new LineCounter();
  return {
    source,
    // The parser compares each key with all of its map: the reader looks for keys that stand twice itself.
    documents: parseAllDocuments(source.text, { lineCounter, uniqueKeys: false, version: "1.2" }) as Document.Parsed[],
  };
}

function hasSameFiles(before: FileSet, now: FileSet): boolean {
  if (before.size !== now.size) return false;
  return [...now].every(([path, bytes]) => before.get(path) === bytes);
}
