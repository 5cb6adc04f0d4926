/** Reads one file: its objects, the names that it declares, the names that it uses. */
import {
  type DeclaredKind,
  declaredKinds,
  findOpenFields,
  findReferences,
  type ReferenceTarget,
} from "@polyglot/contracts";
import { type Document, isScalar, type ParsedNode, visit } from "yaml";
import type { z } from "zod";
import type { DeclaredObject } from "../compile-result.ts";
import type { YamlFile } from "../check/past-files.ts";
import { problems } from "../diagnose/catalogue.ts";
import { Findings } from "../diagnose/findings.ts";
import type { SourceFile, Span } from "../source/source-file.ts";
import type { DeclaredNames } from "./declared-names.ts";
import { reportIssue } from "./report-issue.ts";
import { placeOf, placeOfKey, spanOf } from "./yaml-places.ts";

/** Aliases that one document may use: each may stand for much text. */
const maxAliases = 20;

export interface UsedName {
  readonly target: ReferenceTarget;
  readonly name: string;
  readonly field: string;
  readonly at: Span;
}

export interface ObjectFile {
  readonly path: string;
  /** Valid ones only. */
  readonly objects: readonly DeclaredObject[];
  /** Of all objects, the invalid ones too. */
  readonly uses: readonly UsedName[];
  readonly findings: Findings;
}

export class ObjectReader {
  readonly #source: SourceFile;
  readonly #documents: YamlFile["documents"];
  readonly #findings: Findings;
  readonly #declared: DeclaredNames;
  readonly #objects: DeclaredObject[] = [];
  readonly #uses: UsedName[] = [];

  constructor({ source, documents }: YamlFile, declared: DeclaredNames) {
    this.#source = source;
    this.#documents = documents;
    this.#findings = new Findings(source);
    this.#declared = declared;
  }

  read(): ObjectFile {
    for (const document of this.#documents) this.#document(document);
    return { path: this.#source.path, objects: this.#objects, uses: this.#uses, findings: this.#findings };
  }

  #document(document: Document.Parsed): void {
    if (document.errors.length > 0) {
      for (const { message, pos } of document.errors) {
        const [sentence = message] = message.split(" at line ");
        this.#findings.report(problems.invalidYaml, { start: pos[0], end: pos[1] }, sentence);
      }
      return;
    }
    const superfluous = aliasesOf(document)[maxAliases];
    if (superfluous !== undefined) {
      return this.#findings.report(problems.tooManyAliases, spanOf(superfluous), maxAliases);
    }
    if (this.#reportKeysTwice(document) || this.#reportPrototypeKeys(document)) return;
    const value = this.#value(document);
    const apiVersion = isRecord(value) ? value["apiVersion"] : undefined;
    if (!isRecord(value) || typeof apiVersion !== "string" || !apiVersion.startsWith("polyglot.dev/")) return;
    this.#object(document, value);
  }

  /** Undefined after a finding: an alias without anchor is found only here. How many there are is known to be few. */
  #value(document: Document.Parsed): unknown {
    try {
      return document.toJS({ maxAliasCount: -1 });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#findings.report(problems.invalidYaml, spanOf(document.contents), message);
      return undefined;
    }
  }

  #reportKeysTwice(document: Document.Parsed): boolean {
    let found = false;
    visit(document, {
      Map: (_key, { items }) => {
        const seen = new Set<unknown>();
        for (const { key } of items) {
          const isTwice = isScalar(key) && seen.has(key.value);
          if (isScalar(key)) seen.add(key.value);
          if (!isTwice) continue;
          found = true;
          const { start } = spanOf(key as ParsedNode);
          this.#findings.report(problems.invalidYaml, { start, end: start + 1 }, "Map keys must be unique");
        }
      },
    });
    return found;
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
    if (!isDeclaredKind(kind)) {
      const known = Object.keys(declaredKinds);
      const nearest = this.#findings.nearest(kind, known);
      return this.#findings.report(problems.unknownKind, placeOf(document, ["kind"]), kind, nearest, known);
    }
    const schema: z.ZodType = declaredKinds[kind].schema;
    this.#declare(document, kind, value["metadata"]);
    for (const { path, ...use } of findReferences(schema, value)) {
      this.#uses.push({ ...use, field: path.join("."), at: placeOf(document, path) });
    }
    const openFields = this.#reportOpenFields(document, schema, value);
    const parsed = schema.safeParse(value);
    if (parsed.success) this.#keep(document, parsed.data as ParsedObject, openFields);
    else for (const issue of parsed.error.issues) reportIssue(issue, document, schema, this.#findings);
  }

  #reportOpenFields(document: Document.Parsed, schema: z.ZodType, value: unknown): string[] {
    return findOpenFields(schema, value).map((path) => {
      const field = path.join(".");
      this.#findings.report(problems.fieldNotImplemented, placeOfKey(document, path), field);
      return field;
    });
  }

  /** An object in error has its name too, so that those who use it are not in error because of it. */
  #declare(document: Document.Parsed, kind: DeclaredKind, metadata: unknown): void {
    const { name, namespace } = isRecord(metadata) ? metadata : {};
    if (typeof name !== "string") return;
    const at = placeOf(document, ["metadata", "name"]);
    const { line, column } = this.#source.position(at.start);
    const place = `${this.#source.path}:${line}:${column}`;
    const earlier = this.#declared.add({
      kind,
      namespace: typeof namespace === "string" ? namespace : "",
      name,
      place,
    });
    if (earlier !== undefined) this.#findings.report(problems.duplicateObject, at, kind, name, earlier);
  }

  #keep(
    document: Document.Parsed,
    { kind, metadata: { name, namespace }, spec }: ParsedObject,
    openFields: readonly string[],
  ): void {
    const { line } = this.#source.position(spanOf(document.contents).start);
    this.#objects.push({
      kind,
      name,
      ...(namespace !== undefined && { namespace }),
      spec,
      openFields,
      file: this.#source.path,
      line,
    });
  }
}

/** What the schema of every kind answers. */
type ParsedObject = z.infer<(typeof declaredKinds)[DeclaredKind]["schema"]>;

function aliasesOf(document: Document.Parsed): ParsedNode[] {
  const aliases: ParsedNode[] = [];
  visit(document, { Alias: (_key, node) => void aliases.push(node as ParsedNode) });
  return aliases;
}

const isDeclaredKind = (kind: string): kind is DeclaredKind => Object.hasOwn(declaredKinds, kind);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
