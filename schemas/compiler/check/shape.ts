/**
 * What a type is, apart from its language: two types convert where their shapes meet. A converter exists between types
 * of one kind, element by element; from int to float; between optional and T or None; between `any` and anything.
 */
import { type TypeLanguage, type TypeName, typeLanguages } from "@polyglot/contracts";

type Scalar =
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
  | "any";

export type Shape =
  | { readonly kind: Scalar }
  /** `octets`: a list of bytes that stands for a byte string as well. */
  | { readonly kind: "list"; readonly item: Shape; readonly octets?: boolean }
  | { readonly kind: "map"; readonly key: Shape; readonly value: Shape }
  | { readonly kind: "optional"; readonly of: Shape };

export const anyShape: Shape = { kind: "any" };

const scalars: Record<TypeLanguage, Readonly<Record<string, Scalar>>> = {
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
    i8: "int",
    i16: "int",
    i32: "int",
    i64: "int",
    u8: "int",
    u16: "int",
    u32: "int",
    u64: "int",
    f32: "float",
    f64: "float",
    bool: "bool",
  },
  cpp: { string: "text", int: "int", long: "int", double: "float", bool: "bool" },
};

type Container = {
  readonly kind: "list" | "map" | "optional";
  readonly open: boolean;
  readonly sized?: boolean;
  readonly many?: boolean;
};

/** `open`: may stand without arguments, and then holds anything. `many`: one for each element, as a tuple has them. */
const containers: Record<TypeLanguage, Readonly<Record<string, Container>>> = {
  pg: { list: { kind: "list", open: true }, dict: { kind: "map", open: true } },
  py: {
    list: { kind: "list", open: true },
    tuple: { kind: "list", open: true, many: true },
    set: { kind: "list", open: true },
    dict: { kind: "map", open: true },
  },
  js: { Array: { kind: "list", open: true } },
  rust: {
    Vec: { kind: "list", open: false },
    HashMap: { kind: "map", open: false },
    Option: { kind: "optional", open: false },
    array: { kind: "list", open: false, sized: true },
  },
  cpp: {
    vector: { kind: "list", open: false },
    map: { kind: "map", open: false },
    optional: { kind: "optional", open: false },
    array: { kind: "list", open: false, sized: true },
  },
};

/** Names that stand for types of a language, for spelling hints. */
export function typeNamesOf(lang: TypeLanguage): string[] {
  return [...Object.keys(scalars[lang]), ...Object.keys(containers[lang])];
}

/** Shapes of types without arguments, as most are: `pg\int`. */
export const plainShapes: ReadonlyMap<string, Shape> = new Map(
  typeLanguages.flatMap((lang) =>
    typeNamesOf(lang).flatMap((name): [string, Shape][] => {
      const shape = shapeOf({ lang, name, arguments: [] });
      return "unknown" in shape ? [] : [[`${lang}\\${name}`, shape]];
    }),
  ),
);

/** Answers the part of the type that is unknown, as a text, where there is one. */
export function shapeOf(type: TypeName): Shape | { readonly unknown: string } {
  const scalar = Object.hasOwn(scalars[type.lang], type.name) ? scalars[type.lang][type.name] : undefined;
  if (scalar !== undefined && type.arguments.length === 0) return { kind: scalar };
  const container = Object.hasOwn(containers[type.lang], type.name) ? containers[type.lang][type.name] : undefined;
  return container === undefined ? { unknown: type.name } : shapeOfContainer(type, container);
}

function shapeOfContainer(type: TypeName, container: Container): Shape | { unknown: string } {
  const inner: Shape[] = [];
  const types = container.sized === true ? type.arguments.slice(0, 1) : type.arguments;
  for (const argument of types) {
    if (typeof argument === "number") return { unknown: type.name };
    const shape = shapeOf(argument);
    if ("unknown" in shape) return shape;
    inner.push(shape);
  }
  const isSized = typeof type.arguments[1] === "number" && type.arguments.length === 2;
  if ((container.sized === true) !== isSized) return { unknown: type.name };
  return fillContainer(type, container, inner);
}

function fillContainer(type: TypeName, container: Container, inner: readonly Shape[]): Shape | { unknown: string } {
  const wanted = container.kind === "map" ? 2 : 1;
  if (container.many === true && inner.length > 1) return { kind: "list", item: anyShape };
  const isOpen = container.open && inner.length === 0;
  const [first = anyShape, second = anyShape] = inner;
  if (!isOpen && inner.length !== wanted) return { unknown: type.name };
  if (container.kind === "map") return { kind: "map", key: first, value: second };
  if (container.kind === "optional") return { kind: "optional", of: first };
  const element = type.arguments[0];
  const isOctets = type.lang === "rust" && typeof element === "object" && element.name === "u8";
  return { kind: "list", item: first, ...(isOctets ? { octets: true } : {}) };
}

export function shapesConvert(from: Shape, to: Shape): boolean {
  if (from.kind === "any" || to.kind === "any") return true;
  if (to.kind === "optional") {
    return from.kind === "none" || shapesConvert(from.kind === "optional" ? from.of : from, to.of);
  }
  if (from.kind === "optional") return to.kind === "none" || shapesConvert(from.of, to);
  if (from.kind === "list" && to.kind === "list") return shapesConvert(from.item, to.item);
  if (from.kind === "list") return from.octets === true && to.kind === "bytes";
  if (to.kind === "list") return to.octets === true && from.kind === "bytes";
  if (from.kind === "map" && to.kind === "map") {
    return shapesConvert(from.key, to.key) && shapesConvert(from.value, to.value);
  }
  if (from.kind === "map" || to.kind === "map") return false;
  return from.kind === to.kind || scalarsConvert(from.kind, to.kind);
}

const across: Partial<Record<Scalar, readonly Scalar[]>> = {
  int: ["float", "number"],
  float: ["number"],
  number: ["int", "float"],
  enum: ["text"],
  text: ["enum"],
};

function scalarsConvert(from: Scalar, to: Scalar): boolean {
  return across[from]?.includes(to) ?? false;
}
