/** Types as lines write them: aliases put in, names known, converters found. */
import { formatTypeName, parseTypeName, type TypeLanguage, type TypeName } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { sizes } from "../source/sizes.ts";
import type { Span } from "../source/source-file.ts";
import type { TypeNode } from "../syntax/tree.ts";
import type { FileScope } from "./file-scope.ts";
import { anyShape, plainShapes, type Shape, shapeOf, shapesConvert, typeForm, typeNamesOf } from "./shape.ts";

export const anyType = "pg\\any";

/** A type that nothing is known of takes and gives anything, so that one error does not cause others. */
export function shapeOfType(text: string): Shape {
  const plain = plainShapes.get(text);
  if (plain !== undefined) return plain;
  const type = parseTypeName(text);
  const shape = type === undefined ? anyShape : shapeOf(type);
  return "unknown" in shape ? anyShape : shape;
}

export function typesConvert(from: string, to: string): boolean {
  return from === to || shapesConvert(shapeOfType(from), shapeOfType(to));
}

/** Of what a list holds; `pg\any` where its type does not say, or it is no list. */
export function elementType(list: string): string {
  const type = parseTypeName(list);
  const [element, ...more] = type?.arguments ?? [];
  const isList = shapeOfType(list).kind === "list";
  return isList && typeof element === "object" && more.every(Number.isInteger) ? formatTypeName(element) : anyType;
}

/** The type with its aliases replaced; `pg\any` where it is unknown, after a finding. */
export function resolveType(node: TypeNode, file: FileScope): string {
  if (file.aliases.size === 0 && plainShapes.has(node.text)) return node.text;
  const parsed = parseTypeName(node.text);
  if (parsed === undefined) return anyType;
  const type = file.aliases.size === 0 ? parsed : withoutAliases(parsed, file);
  const names = countNames(type);
  if (names > sizes.typeNames) {
    file.findings.report(problems.tooLarge, node, "the type", names, "names in it", sizes.typeNames);
    return anyType;
  }
  const shape = shapeOf(type);
  if (!("unknown" in shape)) return formatTypeName(type);
  reportUnknownType(node, type.lang, shape.unknown, file);
  return anyType;
}

function countNames(type: TypeName): number {
  return type.arguments.reduce<number>((sum, item) => sum + (typeof item === "number" ? 1 : countNames(item)), 1);
}

function reportUnknownType(at: Span, lang: TypeLanguage, name: string, file: FileScope): void {
  const isKnown = typeNamesOf(lang).includes(name);
  if (isKnown) file.findings.report(problems.typeArguments, at, `${lang}\\${name}`, typeForm(lang, name));
  else {
    const known = typeNamesOf(lang);
    file.findings.report(problems.unknownType, at, lang, name, file.findings.nearest(name, known), known);
  }
}

function withoutAliases(type: TypeName, file: FileScope): TypeName {
  const alias = type.arguments.length === 0 ? file.aliases.get(`${type.lang}\\${type.name}`) : undefined;
  if (alias !== undefined) return alias;
  const inner = type.arguments.map((item) => (typeof item === "number" ? item : withoutAliases(item, file)));
  return { ...type, arguments: inner };
}
