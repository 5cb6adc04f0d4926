/** Exports of an ES or CommonJS module. */
import type { Signature } from "@polyglot/contracts";
import type { SyntaxNode } from "./grammars.ts";
import { ModuleBuilder, type Parameter } from "./native-module.ts";
import { field, hasWord, namedChildren, textOf } from "./syntax-node.ts";

export function readJavaScript(root: SyntaxNode): ModuleBuilder {
  const found = new ModuleBuilder();
  const local = readLocals(root);
  for (const statement of namedChildren(root)) {
    if (statement.type === "export_statement") readExport(statement, local, found);
    else if (statement.type === "expression_statement") readCommonExport(namedChildren(statement)[0], local, found);
  }
  const isCommon = /\b(?:module\.exports|exports)\b/.test(root.text);
  // Exports that are made in another way than by plain assignment cannot be seen.
  if (found.functions.size === 0 && isCommon) found.isOpen = true;
  return found;
}

type Locals = ReadonlyMap<string, Signature | undefined>;

function readLocals(root: SyntaxNode): Map<string, Signature | undefined> {
  const local = new Map<string, Signature | undefined>();
  for (const statement of namedChildren(root)) {
    const declaration = statement.type === "export_statement" ? field(statement, "declaration") : statement;
    if (declaration === null) continue;
    for (const [name, signature] of readDeclaration(declaration)) local.set(name, signature);
  }
  return local;
}

function readDeclaration(node: SyntaxNode): [string, Signature | undefined][] {
  switch (node.type) {
    case "function_declaration":
    case "generator_function_declaration":
    case "class_declaration":
      return [[textOf(field(node, "name")), readFunction(node)]];
    case "lexical_declaration":
    case "variable_declaration":
      return namedChildren(node).map((item) => [textOf(field(item, "name")), readFunction(field(item, "value"))]);
    default:
      return [];
  }
}

function readExport(node: SyntaxNode, local: Locals, found: ModuleBuilder): void {
  const declaration = field(node, "declaration");
  const clause = namedChildren(node).find((child) => child.type === "export_clause");
  if (hasWord(node, "default")) found.add("default", readFunction(declaration ?? field(node, "value")));
  else if (declaration !== null)
    for (const [name, signature] of readDeclaration(declaration)) found.add(name, signature);
  else if (clause !== undefined) readClause(clause, field(node, "source") === null ? local : new Map(), found);
  // `export * from` adds what another file exports.
  else found.isOpen = true;
}

function readClause(clause: SyntaxNode, local: Locals, found: ModuleBuilder): void {
  for (const item of namedChildren(clause)) {
    const name = textOf(field(item, "name"));
    const alias = textOf(field(item, "alias"));
    found.add(alias === "" ? name : alias, local.get(name));
  }
}

/** `module.exports = …`, `module.exports.name = …` and `exports.name = …`. */
function readCommonExport(node: SyntaxNode | undefined, local: Locals, found: ModuleBuilder): void {
  if (node?.type !== "assignment_expression") return;
  const left = textOf(field(node, "left"));
  const right = field(node, "right");
  const name = /^(?:module\.)?exports\.(\w+)$/.exec(left)?.[1];
  if (name !== undefined) found.add(name, valueSignature(right, local));
  else if (left === "module.exports") readExportObject(right, local, found);
}

function valueSignature(node: SyntaxNode | null, local: Locals): Signature | undefined {
  return node?.type === "identifier" ? local.get(node.text) : readFunction(node);
}

function readExportObject(node: SyntaxNode | null, local: Locals, found: ModuleBuilder): void {
  found.add("default", valueSignature(node, local));
  if (node?.type !== "object") {
    found.isOpen = true;
    return;
  }
  for (const member of namedChildren(node)) {
    if (member.type === "shorthand_property_identifier") found.add(member.text, local.get(member.text));
    else if (member.type === "pair")
      found.add(textOf(field(member, "key")), valueSignature(field(member, "value"), local));
    else if (member.type === "method_definition") found.add(textOf(field(member, "name")), readFunction(member));
    else found.isOpen = true;
  }
}

const functionTypes: ReadonlySet<string> = new Set([
  "function_declaration",
  "generator_function_declaration",
  "function_expression",
  "arrow_function",
  "method_definition",
]);

/** JavaScript says nothing of types, nor of how many results an array holds. */
function readFunction(node: SyntaxNode | null): Signature | undefined {
  if (node === null || !functionTypes.has(node.type)) return undefined;
  // A function that reads `arguments` takes any number of them.
  if (node.type !== "arrow_function" && /\barguments\b/.test(textOf(field(node, "body")))) return undefined;
  const single = field(node, "parameter");
  const nodes = single === null ? namedChildren(field(node, "parameters")) : [single];
  return { parameters: nodes.map(readParameter) };
}

function readParameter(node: SyntaxNode, index: number): Parameter {
  switch (node.type) {
    case "assignment_pattern": {
      const left = field(node, "left");
      return left === null ? { name: "", optional: true } : { ...readParameter(left, index), optional: true };
    }
    case "rest_pattern":
      return { name: textOf(namedChildren(node)[0] ?? null), optional: true, collects: "rest" };
    case "object_pattern":
      // Named arguments that no parameter takes go into it as one object.
      return { name: `options${index}`, optional: false, collects: "keywords" };
    case "array_pattern":
      return { name: `items${index}`, optional: false };
    default:
      return { name: node.text, optional: false };
  }
}
