/** Free functions that a C++ file defines, those in namespaces included: `a::b` is called as `a.b`. */
import { formatTypeName, parseTypeName, type Signature } from "@polyglot/contracts";
import { shapeOf } from "../check/shape.ts";
import type { SyntaxNode } from "./grammars.ts";
import { ModuleBuilder, type Parameter } from "./native-module.ts";
import { splitTypes } from "./rust.ts";
import { field, namedChildren, textOf } from "./syntax-node.ts";

export function readCpp(root: SyntaxNode): ModuleBuilder {
  const found = new ModuleBuilder();
  readItems(root, "", found);
  return found;
}

/** Depth of nested namespaces that are looked into. */
const maxDepth = 20;

function readItems(node: SyntaxNode, prefix: string, found: ModuleBuilder, depth = 0): void {
  if (depth > maxDepth) return;
  for (const item of namedChildren(node)) {
    const body = field(item, "body");
    if (item.type === "function_definition") readFunction(item, prefix, found);
    else if (item.type === "namespace_definition" && body !== null) {
      const name = textOf(field(item, "name")).replaceAll("::", ".");
      // An anonymous namespace is not seen from outside.
      if (name !== "") readItems(body, `${prefix}${name}.`, found, depth + 1);
    } else if (item.type === "linkage_specification" && body !== null) readLinkage(body, prefix, found, depth);
    else if (item.type.startsWith("preproc_if")) readItems(item, prefix, found, depth + 1);
  }
}

function readLinkage(body: SyntaxNode, prefix: string, found: ModuleBuilder, depth: number): void {
  if (body.type === "function_definition") readFunction(body, prefix, found);
  else readItems(body, prefix, found, depth + 1);
}

function readFunction(node: SyntaxNode, prefix: string, found: ModuleBuilder): void {
  const isStatic = namedChildren(node).some(
    (child) => child.type === "storage_class_specifier" && child.text === "static",
  );
  const { declarator, pointers } = withoutPointers(field(node, "declarator"));
  const name = field(declarator, "declarator");
  if (isStatic || declarator?.type !== "function_declarator" || name?.type !== "identifier") return;
  const unknown: string[] = [];
  const parameters = namedChildren(field(declarator, "parameters")).flatMap((item, index) =>
    item.text === "void" ? [] : [readParameter(item, index, unknown)],
  );
  const trailing = namedChildren(declarator).find((child) => child.type === "trailing_return_type");
  const returned = trailing === undefined ? textOf(field(node, "type")) : trailing.text.replace(/^->/, "");
  const results = readResults(`${returned}${pointers}`.trim(), unknown);
  const signature: Signature = { parameters, results };
  const full = `${prefix}${name.text}`;
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

function readParameter(node: SyntaxNode, index: number, unknown: string[]): Parameter {
  const { declarator, pointers } = withoutPointers(field(node, "declarator"));
  const isPlain = declarator === null || declarator.type === "identifier";
  const text = `${textOf(field(node, "type"))}${pointers}`;
  const type = isPlain ? readType(text, unknown) : readType(node.text, unknown);
  const name = declarator?.type === "identifier" ? declarator.text : `argument${index}`;
  return { name, type, optional: node.type === "optional_parameter_declaration" };
}

function readResults(text: string, unknown: string[]): string[] {
  if (text === "void") return [];
  const several = /^(?:std::)?(?:tuple|pair)<(.*)>$/s.exec(text)?.[1];
  return (several === undefined ? [text] : splitTypes(several)).map((item) => readType(item, unknown));
}

/** What has no counterpart is noted, and stands as `pg\any`. */
function readType(text: string, unknown: string[]): string {
  const plain = text
    .replace(/\bconst\b/g, "")
    .replace(/&$/, "")
    .replaceAll("std::", "")
    .trim();
  const type = parseTypeName(`cpp\\${plain}`);
  if (type !== undefined && !("unknown" in shapeOf(type))) return formatTypeName(type);
  unknown.push(text.trim());
  return "pg\\any";
}
