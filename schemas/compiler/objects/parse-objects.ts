/** YAML documents of `polyglot.dev` to declared objects. Other YAML is not ours and passed over. */
import { declaredKinds, type DeclaredKind, type FileSet } from "@polyglot/contracts";
import { isMap, LineCounter, parseAllDocuments, type Document, type ParsedNode, visit } from "yaml";
import type { z } from "zod";
import type { DeclaredObject } from "../compile-result.ts";
import { problems } from "../diagnose/catalogue.ts";
import type { Diagnostic } from "../diagnose/diagnostic.ts";
import { Findings } from "../diagnose/findings.ts";
import { readSourceFile, type SourceFile, type Span } from "../source/source-file.ts";
import { isLeftOut } from "../check/project.ts";

/** Aliases that one document may use: each may stand for much text. */
const maxAliases = 20;

export interface ObjectFile {
  readonly path: string;
  readonly objects: readonly DeclaredObject[];
  readonly diagnostics: readonly Diagnostic[];
  readonly hasErrors: boolean;
}

export function parseObjects(files: FileSet): ObjectFile[] {
  const paths = [...files.keys()].filter((path) => /\.ya?ml$/.test(path) && !isLeftOut(path)).sort();
  const declared = new Map<string, string>();
  return paths.flatMap((path) => {
    const source = readSourceFile(path, files.get(path) ?? new Uint8Array());
    return isOurs(source) ? [new ObjectReader(source, declared).read()] : [];
  });
}

const isOurs = (source: SourceFile): boolean => /["']?\bapiVersion["']?\s*:\s*["']?polyglot\.dev\//.test(source.text);

class ObjectReader {
  readonly #source: SourceFile;
  readonly #findings: Findings;
  /** Places by kind, namespace and name, over all files. */
  readonly #declared: Map<string, string>;
  readonly #objects: DeclaredObject[] = [];

  constructor(source: SourceFile, declared: Map<string, string>) {
    this.#source = source;
    this.#findings = new Findings(source);
    this.#declared = declared;
  }

  read(): ObjectFile {
    const lineCounter = new LineCounter();
    const documents = parseAllDocuments(this.#source.text, { lineCounter, uniqueKeys: true, version: "1.2" });
    for (const document of documents) this.#document(document);
    const { hasErrors } = this.#findings;
    return { path: this.#source.path, objects: this.#objects, diagnostics: this.#findings.list(), hasErrors };
  }

  #document(document: Document.Parsed): void {
    if (document.errors.length > 0) {
      for (const { message, pos } of document.errors) {
        const [sentence = message] = message.split(" at line ");
        this.#findings.report(problems.invalidYaml, { start: pos[0], end: pos[1] }, sentence);
      }
      return;
    }
    if (countAliases(document) > maxAliases) {
      return this.#findings.report(problems.tooManyAliases, spanOf(document.contents), maxAliases);
    }
    if (this.#reportPrototypeKeys(document)) return;
    const value = this.#value(document);
    const apiVersion = isRecord(value) ? value["apiVersion"] : undefined;
    if (!isRecord(value) || typeof apiVersion !== "string" || !apiVersion.startsWith("polyglot.dev/")) return;
    this.#object(document, value);
  }

  /** Undefined after a finding: an alias without anchor is found only here. */
  #value(document: Document.Parsed): unknown {
    try {
      return document.toJS({ maxAliasCount: maxAliases });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#findings.report(problems.invalidYaml, spanOf(document.contents), message);
      return undefined;
    }
  }

  /** Such a key would change what objects inherit. */
  #reportPrototypeKeys(document: Document.Parsed): boolean {
    let found = false;
    visit(document, {
      Scalar: (key, node) => {
        if (key !== "key" || node.value !== "__proto__") return;
        found = true;
        this.#findings.report(problems.unknownObjectField, spanOf(node as ParsedNode), "__proto__", undefined);
      },
    });
    return found;
  }

  #object(document: Document.Parsed, value: Readonly<Record<string, unknown>>): void {
    const kind = String(value["kind"]);
    const schema = Object.hasOwn(declaredKinds, kind) ? declaredKinds[kind as DeclaredKind] : undefined;
    if (schema === undefined) {
      const nearest = this.#findings.nearest(kind, Object.keys(declaredKinds));
      return this.#findings.report(problems.unknownKind, this.#place(document, ["kind"]), kind, nearest);
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) this.#declare(document, parsed.data);
    else for (const issue of parsed.error.issues) this.#issue(document, issue, schema);
  }

  #declare(document: Document.Parsed, object: z.infer<(typeof declaredKinds)[DeclaredKind]>): void {
    const { name, namespace } = object.metadata;
    const at = this.#place(document, ["metadata", "name"]);
    const { line, column } = this.#source.position(at.start);
    const key = JSON.stringify([object.kind, namespace, name]);
    const earlier = this.#declared.get(key);
    if (earlier !== undefined) this.#findings.report(problems.duplicateObject, at, object.kind, name, earlier);
    this.#declared.set(key, `${this.#source.path}:${line}:${column}`);
    const start = this.#source.position(spanOf(document.contents).start);
    this.#objects.push({
      kind: object.kind,
      name,
      ...(namespace !== undefined && { namespace }),
      spec: object.spec,
      file: this.#source.path,
      line: start.line,
    });
  }

  #issue(document: Document.Parsed, issue: z.core.$ZodIssue, schema: z.ZodType): void {
    const path = issue.path.filter((part) => typeof part !== "symbol");
    if (issue.code !== "unrecognized_keys") {
      const field = path.length === 0 ? "the document" : path.join(".");
      return this.#findings.report(
        problems.invalidField,
        this.#place(document, path),
        field,
        lowerFirst(issue.message),
      );
    }
    for (const key of issue.keys) {
      const nearest = this.#findings.nearest(key, fieldsAt(schema, path));
      this.#findings.report(problems.unknownObjectField, this.#keyPlace(document, path, key), key, nearest);
    }
  }

  /** The node at the path, or the nearest one around it that exists. */
  #place(document: Document.Parsed, path: readonly (string | number)[]): Span {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as ParsedNode | undefined;
      if (node?.range) return spanOf(node);
    }
    const { start } = spanOf(document.contents);
    return { start, end: start };
  }

  #keyPlace(document: Document.Parsed, path: readonly (string | number)[], key: string): Span {
    const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap<ParsedNode, ParsedNode>(node)
      ? node.items.find((item) => item.key.toString() === key)
      : undefined;
    return pair === undefined ? this.#place(document, path) : spanOf(pair.key);
  }
}

function countAliases(document: Document.Parsed): number {
  let count = 0;
  visit(document, { Alias: () => void count++ });
  return count;
}

function spanOf(node: ParsedNode | null): Span {
  const range = node?.range;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

/** Names that the schema knows at a path, for spelling hints. */
function fieldsAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  let at: unknown = schema;
  for (const part of path) at = shapeOfSchema(at)?.[part];
  return Object.keys(shapeOfSchema(at) ?? {});
}

function shapeOfSchema(schema: unknown): Readonly<Record<string | number, unknown>> | undefined {
  return isRecord(schema) && isRecord(schema["shape"]) ? schema["shape"] : undefined;
}
