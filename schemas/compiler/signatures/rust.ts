/** `pub fn` of a Rust file, those in `pub mod` with a body included. */
import { formatTypeName, parseTypeName, type Signature } from "@polyglot/contracts";
import { shapeOf } from "../check/shape.ts";
import type { SyntaxNode } from "./grammars.ts";
import { ModuleBuilder, type Parameter } from "./native-module.ts";
import { field, namedChildren, textOf } from "./syntax-node.ts";

/** Adds what the file has, and answers the public modules that stand in files of their own, as paths of names. */
export function readRust(root: SyntaxNode, prefix: string, found: ModuleBuilder): string[][] {
  const inOtherFiles: string[][] = [];
  readItems(root, { prefix, path: [], found, inOtherFiles });
  // What a macro or `pub use` gives cannot be seen.
  if (namedChildren(root).some(isReexport)) found.isOpen = true;
  return inOtherFiles;
}

const isReexport = (node: SyntaxNode): boolean => node.type === "use_declaration" && isPublic(node);

const isPublic = (node: SyntaxNode): boolean =>
  namedChildren(node).some((child) => child.type === "visibility_modifier" && child.text === "pub");

/** Depth of nested modules that are looked into. */
const maxDepth = 20;

interface Place {
  /** Before the names of functions. */
  readonly prefix: string;
  /** Modules of this file around the items. */
  readonly path: readonly string[];
  readonly found: ModuleBuilder;
  readonly inOtherFiles: string[][];
}

function readItems(node: SyntaxNode, place: Place): void {
  let hasOwnPath = false;
  for (const item of namedChildren(node)) {
    // `#[path = "…"]` says where the file of the next module is.
    if (item.type === "attribute_item") hasOwnPath ||= item.text.includes("path");
    else {
      if (isPublic(item)) readItem(item, hasOwnPath, place);
      hasOwnPath = false;
    }
  }
}

function readItem(item: SyntaxNode, hasOwnPath: boolean, place: Place): void {
  const { prefix, path, found, inOtherFiles } = place;
  const name = textOf(field(item, "name")).replace(/^r#/, "");
  const body = field(item, "body");
  if (item.type === "function_item") readFunction(item, `${prefix}${name}`, found);
  else if (item.type !== "mod_item") return;
  else if (path.length >= maxDepth || hasOwnPath) found.isOpen = true;
  else if (body === null) inOtherFiles.push([...path, name]);
  else readItems(body, { ...place, prefix: `${prefix}${name}.`, path: [...path, name] });
}

function readFunction(node: SyntaxNode, name: string, found: ModuleBuilder): void {
  const unknown: string[] = [];
  const parameters = namedChildren(field(node, "parameters")).map((item) => readParameter(item, unknown));
  const results = readResults(textOf(field(node, "return_type")), unknown);
  const signature: Signature = { parameters, results };
  found.add(name, unknown.length === 0 ? signature : undefined);
  if (unknown[0] !== undefined) found.unsupported.set(name, unknown[0]);
}

function readParameter(node: SyntaxNode, unknown: string[]): Parameter {
  const text = textOf(field(node, "type"));
  // What a reference within a type leads to would have no owner.
  const type = /&/.test(text.slice(1)) ? noted(text, unknown) : readType(text, unknown);
  return { name: textOf(field(node, "pattern")), type, optional: false };
}

function readResults(text: string, unknown: string[]): string[] {
  const inner = /^(?:\w+::)*Result<(.*)>$/s.exec(text)?.[1];
  const value = inner === undefined ? text : (splitTypes(inner)[0] ?? "");
  if (value === "" || value === "()") return [];
  const tuple = /^\((.*)\)$/s.exec(value)?.[1];
  return (tuple === undefined ? [value] : splitTypes(tuple)).map((item) => readType(item, unknown));
}

/** At commas outside of any bracket. */
export function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? "";
    if ("<([".includes(char)) depth++;
    else if (">)]".includes(char)) depth--;
    else if (char === "," && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === "" ? parts : [...parts, last];
}

/** What has no counterpart is noted, and stands as `pg\any`. */
function readType(text: string, unknown: string[]): string {
  const plain = text
    .replace(/&'\w+\s+/g, "&")
    .replace(/\bstd::(?:collections|string|vec|option)::/g, "")
    .trim();
  const type = parseTypeName(`rust\\${plain}`);
  if (type !== undefined && !("unknown" in shapeOf(type))) return formatTypeName(type);
  return noted(text, unknown);
}

function noted(text: string, unknown: string[]): string {
  unknown.push(text);
  return "pg\\any";
}
