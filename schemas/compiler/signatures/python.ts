/** Module-level names of a Python file, those under `if`, `try` and `with` included. */
import type { Signature } from "@polyglot/contracts";
import type { SyntaxNode } from "./grammars.ts";
import { ModuleBuilder, type Parameter } from "./native-module.ts";
import { field, namedChildren, textOf } from "./syntax-node.ts";

export function readPython(root: SyntaxNode): ModuleBuilder {
  const found = new ModuleBuilder();
  // Names that are made while the module runs cannot be seen.
  if (/\b(?:globals|setattr|exec|__getattr__)\s*\(|sys\.modules/.test(root.text)) found.isOpen = true;
  readStatements(root, found);
  return found;
}

const nesting: ReadonlySet<string> = new Set([
  "block",
  "if_statement",
  "else_clause",
  "elif_clause",
  "try_statement",
  "except_clause",
  "finally_clause",
  "with_statement",
  "for_statement",
  "while_statement",
]);

/** Depth of nested statements that are looked into. */
const maxDepth = 50;

function readStatements(node: SyntaxNode, found: ModuleBuilder, depth = 0): void {
  for (const child of namedChildren(node)) {
    if (nesting.has(child.type) && depth < maxDepth) readStatements(child, found, depth + 1);
    else readStatement(child, found);
  }
}

function readStatement(node: SyntaxNode, found: ModuleBuilder): void {
  switch (node.type) {
    case "function_definition":
      return found.add(textOf(field(node, "name")), readSignature(node));
    case "decorated_definition":
      // A decorator may change what a function takes and gives.
      return found.add(textOf(field(field(node, "definition"), "name")), undefined);
    case "class_definition":
      return found.add(textOf(field(node, "name")), undefined);
    case "expression_statement":
      return readAssignment(namedChildren(node)[0], found);
    case "import_statement":
    case "import_from_statement":
      return readImport(node, found);
    default:
  }
}

/** `a = b = …`, as long as a line allows. */
function readAssignment(node: SyntaxNode | undefined, found: ModuleBuilder): void {
  for (let at = node ?? null; at?.type === "assignment"; at = field(at, "right")) {
    const left = field(at, "left");
    const names = left?.type === "identifier" ? [left] : namedChildren(left);
    for (const name of names) if (name.type === "identifier") found.add(name.text, undefined);
  }
}

function readImport(node: SyntaxNode, found: ModuleBuilder): void {
  const children = namedChildren(node);
  if (children.some((child) => child.type === "wildcard_import")) found.isOpen = true;
  const module = field(node, "module_name");
  for (const child of children) {
    if (module !== null && child.id === module.id) continue;
    if (child.type === "aliased_import") found.add(textOf(field(child, "alias")), undefined);
    else if (child.type === "dotted_name") found.add(child.text.split(".")[0] ?? "", undefined);
  }
}

function readSignature(node: SyntaxNode): Signature {
  const results = readResults(field(node, "return_type"));
  return { parameters: readParameters(field(node, "parameters")), ...(results && { results }) };
}

function readParameters(node: SyntaxNode | null): Parameter[] {
  const parameters: Parameter[] = [];
  let isNamedOnly = false;
  for (const child of namedChildren(node)) {
    if (child.type === "keyword_separator") isNamedOnly = true;
    const parameter = readParameter(child);
    if (parameter === undefined) continue;
    const isPlain = parameter.collects === undefined;
    parameters.push(isNamedOnly && isPlain ? { ...parameter, named_only: true } : parameter);
    if (parameter.collects === "rest") isNamedOnly = true;
  }
  return parameters;
}

function readParameter(node: SyntaxNode): Parameter | undefined {
  switch (node.type) {
    case "identifier":
      return { name: node.text, optional: false };
    case "default_parameter":
      return { name: textOf(field(node, "name")), optional: true };
    case "typed_default_parameter": {
      const isNone = field(node, "value")?.type === "none";
      const type = isNone ? undefined : readType(field(node, "type"));
      return { name: textOf(field(node, "name")), ...(type && { type }), optional: true };
    }
    case "typed_parameter": {
      const inner = namedChildren(node)[0];
      const parameter = inner === undefined ? undefined : readParameter(inner);
      const type = parameter?.collects === undefined ? readType(field(node, "type")) : undefined;
      return parameter && { ...parameter, ...(type && { type }) };
    }
    case "list_splat_pattern":
      return { name: textOf(namedChildren(node)[0] ?? null), optional: true, collects: "rest" };
    case "dictionary_splat_pattern":
      return { name: textOf(namedChildren(node)[0] ?? null), optional: true, collects: "keywords" };
    default:
      return undefined;
  }
}

const plainTypes: Readonly<Record<string, string>> = {
  str: "str",
  int: "int",
  float: "float",
  bool: "bool",
  bytes: "bytes",
  list: "list",
  List: "list",
  dict: "dict",
  Dict: "dict",
  tuple: "tuple",
  Tuple: "tuple",
  set: "set",
  Set: "set",
  datetime: "datetime",
};

/** Undefined for annotations that have no counterpart: such a parameter takes anything. */
function readType(node: SyntaxNode | null): string | undefined {
  const name = /^(?:typing\.)?(\w+)(?:\[.*\])?$/s.exec(textOf(node))?.[1] ?? "";
  const known = Object.hasOwn(plainTypes, name) ? plainTypes[name] : undefined;
  return known === undefined ? undefined : `py\\${known}`;
}

/** Undefined where the number of results is not known: without annotation, and for `tuple`. */
function readResults(node: SyntaxNode | null): string[] | undefined {
  if (textOf(node) === "None") return [];
  const generic = namedChildren(node)[0];
  const isTuple = generic?.type === "generic_type" && /^(?:typing\.)?[tT]uple\[/.test(generic.text);
  if (isTuple) return readTuple(generic);
  const type = readType(node);
  return type === undefined || type === "py\\tuple" ? undefined : [type];
}

function readTuple(node: SyntaxNode): string[] | undefined {
  const items = namedChildren(namedChildren(node).find((child) => child.type === "type_parameter") ?? null);
  if (items.some((item) => item.text === "...")) return undefined;
  return items.map((item) => readType(item) ?? "py\\object");
}
