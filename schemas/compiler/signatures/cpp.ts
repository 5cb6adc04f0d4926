/** Free functions that a C++ file defines, those in namespaces included: `a::b` is called as `a.b`. */
import { formatTypeName, parseTypeName, type Signature } from "@polyglot/contracts";
import { shapeOf } from "../check/shape.ts";
import type { SyntaxNode } from "./grammars.ts";
import { ModuleBuilder, type Parameter } from "./native-module.ts";
import { splitTypes } from "./rust.ts";
import { field, namedChildren, textOf } from "./syntax-node.ts";

export function readCpp(
  root: SyntaxNode,
  declared: CppDeclarations = readDeclarations(root, new CppDeclarations()),
  found: ModuleBuilder = new ModuleBuilder(),
): ModuleBuilder {
  visitItems(root, (item, prefix) => {
    if (item.type === "function_definition") readFunction(item, prefix, declared, found);
  });
  return found;
}

/** What declarations say that definitions do not: which parameters have defaults, and other names of types. */
export class CppDeclarations {
  /** By the function's full name, for each parameter. */
  readonly optional = new Map<string, readonly boolean[]>();
  readonly aliases = new Map<string, string>();

  /** A type by the names that the language itself has, as far as aliases tell. */
  expand(type: string): string {
    let text = type;
    for (let round = 0; round < maxAliasDepth; round++) {
      const next = text.replace(/[A-Za-z_][\w:]*/g, (name) => this.aliases.get(name) ?? name);
      if (next === text || next.length > maxTypeLength) return text;
      text = next;
    }
    return text;
  }
}

/** Aliases of aliases, and characters of a type's text. */
const maxAliasDepth = 10;
const maxTypeLength = 1_000;

/** Adds what the file declares. */
export function readDeclarations(root: SyntaxNode, declared: CppDeclarations): CppDeclarations {
  visitItems(root, (item, prefix) => {
    if (item.type === "declaration") readPrototype(item, prefix, declared);
    else if (item.type === "alias_declaration") {
      declared.aliases.set(textOf(field(item, "name")), textOf(field(item, "type")));
    } else if (item.type === "type_definition" && field(item, "declarator")?.type === "type_identifier") {
      declared.aliases.set(textOf(field(item, "declarator")), textOf(field(item, "type")));
    }
  });
  return declared;
}

/** Headers in quotes: those in angle brackets are the system's, or on a path that the targets name. */
export function includesOf(root: SyntaxNode): string[] {
  const found: string[] = [];
  visitItems(root, (item) => {
    if (item.type === "preproc_include") found.push(textOf(field(item, "path")).slice(1, -1));
  });
  return found;
}

function readPrototype(node: SyntaxNode, prefix: string, { optional }: CppDeclarations): void {
  const { declarator } = withoutPointers(field(node, "declarator"));
  const name = field(declarator, "declarator");
  if (declarator?.type !== "function_declarator" || name?.type !== "identifier") return;
  const parameters = namedChildren(field(declarator, "parameters"));
  optional.set(
    `${prefix}${name.text}`,
    parameters.map((item) => item.type === "optional_parameter_declaration"),
  );
}

/** Depth of nested namespaces that are looked into. */
const maxDepth = 20;

/** Items that are seen from outside: those of named namespaces, of `extern "C"`, under `#if`. */
function visitItems(node: SyntaxNode, visit: (item: SyntaxNode, prefix: string) => void, prefix = "", depth = 0): void {
  if (depth > maxDepth) return;
  for (const item of namedChildren(node)) {
    const body = field(item, "body");
    if (item.type === "namespace_definition" && body !== null) {
      const name = textOf(field(item, "name")).replaceAll("::", ".");
      // An anonymous namespace is not seen from outside.
      if (name !== "") visitItems(body, visit, `${prefix}${name}.`, depth + 1);
    } else if (item.type === "linkage_specification" && body !== null) {
      if (body.type === "declaration_list") visitItems(body, visit, prefix, depth + 1);
      else visit(body, prefix);
    } else if (item.type.startsWith("preproc_if")) visitItems(item, visit, prefix, depth + 1);
    else visit(item, prefix);
  }
}

function readFunction(node: SyntaxNode, prefix: string, declared: CppDeclarations, found: ModuleBuilder): void {
  const isStatic = namedChildren(node).some(
    (child) => child.type === "storage_class_specifier" && child.text === "static",
  );
  const { declarator, pointers } = withoutPointers(field(node, "declarator"));
  const name = field(declarator, "declarator");
  if (isStatic || declarator?.type !== "function_declarator" || name?.type !== "identifier") return;
  const unknown: string[] = [];
  const full = `${prefix}${name.text}`;
  const optional = declared.optional.get(full);
  const toType: ToType = (text) => readType(text, declared, unknown);
  const parameters = namedChildren(field(declarator, "parameters")).flatMap((item, index) =>
    item.text === "void" ? [] : [readParameter(item, index, optional?.[index] === true, toType)],
  );
  const trailing = namedChildren(declarator).find((child) => child.type === "trailing_return_type");
  const returned = trailing === undefined ? textOf(field(node, "type")) : trailing.text.replace(/^->/, "");
  const results = readResults(declared.expand(`${returned}${pointers}`.trim()), toType);
  const signature: Signature = { parameters, results };
  found.add(full, unknown.length === 0 ? signature : undefined);
  if (unknown[0] !== undefined) found.unsupported.set(full, unknown[0]);
}

/** `int *f(int)` declares a function that gives a pointer. */
function withoutPointers(node: SyntaxNode | null): { declarator: SyntaxNode | null; pointers: string } {
  let declarator = node;
  let pointers = "";
  while (declarator?.type === "pointer_declarator" || declarator?.type === "reference_declarator") {
    pointers += declarator.type === "pointer_declarator" ? "*" : "&";
    declarator = field(declarator, "declarator") ?? namedChildren(declarator)[0] ?? null;
  }
  return { declarator, pointers };
}

type ToType = (text: string) => string;

function readParameter(node: SyntaxNode, index: number, isOptional: boolean, toType: ToType): Parameter {
  const { declarator, pointers } = withoutPointers(field(node, "declarator"));
  const isPlain = declarator === null || declarator.type === "identifier";
  const text = `${textOf(field(node, "type"))}${pointers}`;
  const type = toType(isPlain ? text : node.text);
  const name = declarator?.type === "identifier" ? declarator.text : `argument${index}`;
  return { name, type, optional: isOptional || node.type === "optional_parameter_declaration" };
}

function readResults(text: string, toType: ToType): string[] {
  if (text === "void") return [];
  const several = /^(?:std::)?(?:tuple|pair)<(.*)>$/s.exec(text)?.[1];
  return (several === undefined ? [text] : splitTypes(several)).map(toType);
}

/** What has no counterpart is noted, and stands as `pg\any`. */
function readType(text: string, declared: CppDeclarations, unknown: string[]): string {
  const plain = declared
    .expand(text)
    .replace(/\bconst\b/g, "")
    .replace(/&+$/, "")
    .replaceAll("std::", "")
    .replace(/\b(?:(?:unsigned|signed|long|short|int|char)\b(?!\s*double)\s*)+/g, nameOfInteger)
    .trim();
  const type = parseTypeName(`cpp\\${plain}`);
  if (type !== undefined && !("unknown" in shapeOf(type))) return formatTypeName(type);
  unknown.push(text.trim());
  return "pg\\any";
}

/** One name for what C++ writes in several words and orders. */
function nameOfInteger(text: string): string {
  const words = text.trim().split(/\s+/);
  const has = (word: string) => words.includes(word);
  const sign = has("unsigned") ? "u" : "";
  if (has("char")) return words.length === 1 ? "char" : `${sign}int8_t`;
  if (has("short")) return `${sign}int16_t`;
  if (has("long"))
    return sign === "" && words.filter((word) => word === "long").length === 1 ? "long" : `${sign}int64_t`;
  return sign === "" ? "int" : "unsigned";
}
