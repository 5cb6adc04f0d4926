/** The specs that `[Q]` lines say, as YAML would write them, checked by the schemas of their kinds. */
import { apiVersion, declaredKinds, type FieldPath } from "@polyglot/contracts";
import type { z } from "zod";
import { problems } from "../diagnose/catalogue.ts";
import type { Span } from "../source/source-file.ts";
import { sayIssue } from "../objects/say-issue.ts";
import type { CallNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";
import { type SettingField, settingFields, type SettingValues } from "./setting-fields.ts";

type Kind = SettingField["kind"];
type Document = z.input<(typeof declaredKinds)[Kind]["schema"]>;

interface SetField {
  readonly kind: Kind;
  readonly path: readonly string[];
  readonly value: unknown;
  readonly node: CallNode;
}

export class SettingDraft {
  readonly #context: CheckContext;
  readonly #set: SetField[] = [];

  constructor(context: CheckContext) {
    this.#context = context;
  }

  /** A field that another setting has set is an error at this one. */
  add(node: CallNode, name: string, values: SettingValues): void {
    for (const { kind, path, read } of settingFields[name] ?? []) {
      const value = read(values, { at: node, context: this.#context });
      if (value === undefined) continue;
      if (this.has(kind, path)) this.#context.findings.report(problems.duplicateSetting, node.name, node.name.text);
      else this.#set.push({ kind, path, value, node });
    }
  }

  has(kind: Kind, path: readonly string[]): boolean {
    return this.#set.some((item) => item.kind === kind && item.path.join() === path.join());
  }

  /** A spec of the kind with what the lines set and nothing else. */
  specOf(kind: Kind): Record<string, unknown> {
    const spec: Record<string, unknown> = {};
    for (const { path, value } of this.#set.filter((item) => item.kind === kind)) place(spec, path, value);
    return spec;
  }

  /**
   * The object as its schema reads it; undefined after a finding. Where a rule between two fields is broken, `decides`
   * says whether these lines alone decide on it.
   */
  parse(
    document: { readonly kind: Kind; readonly name: string; readonly spec: Record<string, unknown> },
    at: Span,
    decides: (path: FieldPath) => boolean,
  ): z.infer<(typeof declaredKinds)[Kind]["schema"]> | undefined {
    const { kind, name, spec } = document;
    const written = { apiVersion, kind, metadata: { name }, spec } as unknown as Document;
    const parsed = declaredKinds[kind].schema.safeParse(written);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const path = issue.path.filter((part) => typeof part !== "symbol");
      if (issue.code !== "custom" || decides(path.slice(1))) this.#report(kind, issue, path, written, at);
    }
    return undefined;
  }

  #report(kind: Kind, issue: z.core.$ZodIssue, path: FieldPath, document: unknown, at: Span): void {
    const setting = this.#nearest(kind, path.slice(1));
    const field = setting === undefined ? path.join(".") : `|${setting.name.text}`;
    const said = sayIssue(issue, valueAt(document, path));
    this.#context.findings.report(problems.settingRefused, setting ?? at, field, said);
  }

  /** The setting that has most of the path. */
  #nearest(kind: Kind, path: FieldPath): CallNode | undefined {
    const common = (item: SetField): number => item.path.filter((part, index) => part === path[index]).length;
    const candidates = this.#set.filter((item) => item.kind === kind && common(item) > 0);
    return candidates.toSorted((a, b) => common(b) - common(a))[0]?.node;
  }
}

function place(into: Record<string, unknown>, [first = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) into[first] = value;
  else {
    const inner = (into[first] ?? {}) as Record<string, unknown>;
    into[first] = inner;
    place(inner, rest, value);
  }
}

function valueAt(document: unknown, path: FieldPath): unknown {
  return path.reduce((value, part) => (value as Record<string, unknown> | undefined)?.[part], document);
}
