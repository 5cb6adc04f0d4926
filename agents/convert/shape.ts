/** What a type asks of a value, in whichever language it is written: the kinds of the language reference, section 4. */
import { parseTypeName, type TypeLanguage, type TypeName } from "@polyglot/contracts";

export type ScalarKind =
  | "text"
  | "int"
  | "float"
  | "number"
  | "bool"
  | "bytes"
  | "datetime"
  | "duration"
  | "enum"
  | "none"
  | "handle"
  | "range";

export type Shape =
  /** Anything, checked when the value is at hand. */
  | { readonly kind: "any" }
  | { readonly kind: ScalarKind }
  /** `js\bigint`: an int that is never a JavaScript number, however small. */
  | { readonly kind: "bigint" }
  | { readonly kind: "list"; readonly form: ListForm; readonly element: Shape }
  /** A tuple whose elements each have a type of their own. */
  | { readonly kind: "tuple"; readonly elements: readonly Shape[] }
  | { readonly kind: "map"; readonly key: Shape; readonly value: Shape }
  | { readonly kind: "optional"; readonly of: Shape };

export type ListForm = "list" | "tuple" | "set";

const any: Shape = { kind: "any" };
const text: Shape = { kind: "text" };

const scalars: Readonly<Record<TypeLanguage, Readonly<Record<string, Shape>>>> = {
  pg: {
    string: text,
    int: { kind: "int" },
    float: { kind: "float" },
    bool: { kind: "bool" },
    bytes: { kind: "bytes" },
    datetime: { kind: "datetime" },
    duration: { kind: "duration" },
    Enum: { kind: "enum" },
    any,
    handle: { kind: "handle" },
    range: { kind: "range" },
  },
  py: {
    str: text,
    int: { kind: "int" },
    float: { kind: "float" },
    bool: { kind: "bool" },
    bytes: { kind: "bytes" },
    datetime: { kind: "datetime" },
    timedelta: { kind: "duration" },
    object: any,
    None: { kind: "none" },
  },
  js: {
    string: text,
    number: { kind: "number" },
    bigint: { kind: "bigint" },
    boolean: { kind: "bool" },
    object: any,
    Uint8Array: { kind: "bytes" },
    Date: { kind: "datetime" },
  },
  // The compiled languages convert in shims of their own, which are generated from the signature.
  rust: {},
  cpp: {},
};

const lists: Readonly<Record<string, ListForm>> = {
  "pg\\list": "list",
  "py\\list": "list",
  "py\\tuple": "tuple",
  "py\\set": "set",
  "js\\Array": "list",
};
const maps: ReadonlySet<string> = new Set(["pg\\dict", "py\\dict", "js\\Map"]);
const optionals: ReadonlySet<string> = new Set(["py\\Optional"]);

const known = new Map<string, Shape | undefined>();
/** Types are written in programs, so there are few; the limit guards against a caller that makes them up. */
const knownLimit = 10_000;

/** Answers undefined for a type that has no conversion here. */
export function shapeOf(type: string): Shape | undefined {
  if (known.has(type)) return known.get(type);
  const parsed = parseTypeName(type);
  const shape = parsed === undefined ? undefined : shapeOfName(parsed);
  if (known.size >= knownLimit) known.clear();
  known.set(type, shape);
  return shape;
}

function shapeOfName(type: TypeName): Shape | undefined {
  const scalar = type.arguments.length === 0 ? scalars[type.lang][type.name] : undefined;
  if (scalar !== undefined) return scalar;
  const name = `${type.lang}\\${type.name}`;
  const inner = type.arguments.map((item) => (typeof item === "number" ? undefined : shapeOfName(item)));
  if (inner.some((shape) => shape === undefined)) return undefined;
  return containerOf(name, inner as Shape[]);
}

function containerOf(name: string, inner: readonly Shape[]): Shape | undefined {
  const form = lists[name];
  const [first = any, second = any] = inner;
  if (form === "tuple" && inner.length > 0) return { kind: "tuple", elements: inner };
  if (form !== undefined && inner.length <= 1) return { kind: "list", form, element: first };
  if (maps.has(name) && inner.length <= 2) return { kind: "map", key: inner.length === 0 ? any : first, value: second };
  if (optionals.has(name) && inner.length === 1) return { kind: "optional", of: first };
  return undefined;
}
