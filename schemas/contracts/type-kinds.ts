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
  i128: "int",
  u128: "int",
  isize: "int",
  usize: "int",
} as const;

/** `std::` is left out, and what is written in several words has one name here: `unsigned long long` is `uint64_t`. */
const cppIntegers = {
  int: "int",
  long: "int",
  unsigned: "int",
  int8_t: "int",
  int16_t: "int",
  int32_t: "int",
  int64_t: "int",
  uint8_t: "int",
  uint16_t: "int",
  uint32_t: "int",
  uint64_t: "int",
  size_t: "int",
} as const;

const rustContainers = {
  Vec: "list",
  HashSet: "list",
  BTreeSet: "list",
  HashMap: "map",
  BTreeMap: "map",
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
  rust: {
    String: "text",
    "&str": "text",
    "&String": "text",
    char: "text",
    ...integers,
    f32: "float",
    f64: "float",
    bool: "bool",
  },
  cpp: { string: "text", string_view: "text", ...cppIntegers, float: "float", double: "float", bool: "bool" },
};

export const containerKinds: Readonly<Record<TypeLanguage, Readonly<Record<string, ContainerKind>>>> = {
  pg: { list: "list", dict: "map" },
  py: { list: "list", tuple: "list", set: "list", dict: "map" },
  js: { Array: "list", Float64Array: "list", Float32Array: "list", BigInt64Array: "list", Int32Array: "list" },
  rust: {
    ...rustContainers,
    "&Vec": "list",
    "&HashSet": "list",
    "&BTreeSet": "list",
    "&HashMap": "map",
    "&BTreeMap": "map",
    Option: "optional",
    /** `[T;N]`, `&[T]` and `(A,B)`. */
    array: "list",
    slice: "list",
    tuple: "list",
  },
  cpp: {
    vector: "list",
    span: "list",
    set: "list",
    unordered_set: "list",
    map: "map",
    unordered_map: "map",
    optional: "optional",
    array: "list",
    tuple: "list",
    pair: "list",
  },
};

/** Answers undefined for a name that the language has not. */
export function kindOfType({ lang, name }: TypeName): TypeKind | undefined {
  if (Object.hasOwn(scalarKinds[lang], name)) return scalarKinds[lang][name];
  return Object.hasOwn(containerKinds[lang], name) ? containerKinds[lang][name] : undefined;
}
