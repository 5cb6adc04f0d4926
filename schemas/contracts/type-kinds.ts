/**
 * What kind of value each type holds, by language: the one list of the types that a program may name. Two types convert
 * where their kinds meet (language reference, section 4); how, is known to those who convert.
 */
import type { TypeLanguage, TypeName } from "./type-name.ts";

export type ScalarKind =
  | "text"
  | "int"
  | "float"
  /** JavaScript's number: int and float. */
  | "number"
  | "bool"
  | "bytes"
  | "datetime"
  | "duration"
  | "enum"
  | "none"
  | "handle"
  | "range"
  /** Anything, checked when the value is at hand. */
  | "any";
export type ContainerKind = "list" | "map" | "optional";
export type TypeKind = ScalarKind | ContainerKind;

const integers = {
  i8: "int",
  i16: "int",
  i32: "int",
  i64: "int",
  u8: "int",
  u16: "int",
  u32: "int",
  u64: "int",
} as const;

export const scalarKinds: Readonly<Record<TypeLanguage, Readonly<Record<string, ScalarKind>>>> = {
  pg: {
    string: "text",
    int: "int",
    float: "float",
    bool: "bool",
    bytes: "bytes",
    datetime: "datetime",
    duration: "duration",
    Enum: "enum",
    any: "any",
    handle: "handle",
    range: "range",
  },
  py: {
    str: "text",
    int: "int",
    float: "float",
    bool: "bool",
    bytes: "bytes",
    object: "any",
    None: "none",
    datetime: "datetime",
  },
  js: {
    string: "text",
    number: "number",
    boolean: "bool",
    bigint: "int",
    object: "any",
    Uint8Array: "bytes",
    Date: "datetime",
  },
  rust: { String: "text", "&str": "text", ...integers, f32: "float", f64: "float", bool: "bool" },
  cpp: { string: "text", int: "int", long: "int", double: "float", bool: "bool" },
};

export const containerKinds: Readonly<Record<TypeLanguage, Readonly<Record<string, ContainerKind>>>> = {
  pg: { list: "list", dict: "map" },
  py: { list: "list", tuple: "list", set: "list", dict: "map" },
  js: { Array: "list" },
  rust: { Vec: "list", HashMap: "map", Option: "optional", array: "list" },
  cpp: { vector: "list", map: "map", optional: "optional", array: "list" },
};

/** Answers undefined for a name that the language has not. */
export function kindOfType({ lang, name }: TypeName): TypeKind | undefined {
  if (Object.hasOwn(scalarKinds[lang], name)) return scalarKinds[lang][name];
  return Object.hasOwn(containerKinds[lang], name) ? containerKinds[lang][name] : undefined;
}
