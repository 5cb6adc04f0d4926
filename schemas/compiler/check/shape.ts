/**
 * What a type is, apart from its language: two types convert where their shapes meet. A converter exists between types
 * of one kind, element by element; from int to float; between optional and T or None; between `any` and anything.
 */
import {
  type ContainerKind,
  containerKinds,
  type ScalarKind,
  scalarKinds,
  type TypeLanguage,
  type TypeName,
  typeLanguages,
} from "@polyglot/contracts";

export type Shape =
  | { readonly kind: ScalarKind }
  /** `octets`: a list of bytes that stands for a byte string as well. */
  | { readonly kind: "list"; readonly item: Shape; readonly octets?: boolean }
  | { readonly kind: "map"; readonly key: Shape; readonly value: Shape }
  | { readonly kind: "optional"; readonly of: Shape };

export const anyShape: Shape = { kind: "any" };

interface Container {
  readonly kind: ContainerKind;
  /** May stand without arguments, and then holds anything. */
  readonly open: boolean;
  /** Has a length beside its element. */
  readonly sized: boolean;
  /** Names a type for each element. */
  readonly many: boolean;
}

const dynamicLanguages: ReadonlySet<TypeLanguage> = new Set(["pg", "py", "js"]);

function containerOf({ lang, name }: TypeName): Container | undefined {
  const kind = Object.hasOwn(containerKinds[lang], name) ? containerKinds[lang][name] : undefined;
  return (
    kind && {
      kind,
      open: dynamicLanguages.has(lang),
      sized: name === "array",
      many: name === "tuple" || name === "pair",
    }
  );
}

/** Names that stand for types of a language, for spelling hints. */
export function typeNamesOf(lang: TypeLanguage): string[] {
  return [...Object.keys(scalarKinds[lang]), ...Object.keys(containerKinds[lang])];
}

/** How a type of this name is written, for a hint. */
export function typeForm(lang: TypeLanguage, name: string): string {
  const container = containerOf({ lang, name, arguments: [] });
  const type = `${lang}\\${name}`;
  if (container === undefined) return type;
  if (container.many) return `${type} or ${type}<T, …>`;
  const form = container.sized ? `${type}<T, N>` : `${type}${container.kind === "map" ? "<K, V>" : "<T>"}`;
  return container.open ? `${type} or ${form}` : form;
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
  const scalar = Object.hasOwn(scalarKinds[type.lang], type.name) ? scalarKinds[type.lang][type.name] : undefined;
  if (scalar !== undefined && type.arguments.length === 0) return { kind: scalar };
  const container = containerOf(type);
  return container === undefined ? { unknown: type.name } : shapeOfContainer(type, container);
}

function shapeOfContainer(type: TypeName, container: Container): Shape | { unknown: string } {
  const inner: Shape[] = [];
  const types = container.sized ? type.arguments.slice(0, 1) : type.arguments;
  for (const argument of types) {
    if (typeof argument === "number") return { unknown: type.name };
    const shape = shapeOf(argument);
    if ("unknown" in shape) return shape;
    inner.push(shape);
  }
  const isSized = typeof type.arguments[1] === "number" && type.arguments.length === 2;
  if (container.sized !== isSized) return { unknown: type.name };
  return fillContainer(type, container, inner);
}

function fillContainer(type: TypeName, container: Container, inner: readonly Shape[]): Shape | { unknown: string } {
  const wanted = container.kind === "map" ? 2 : 1;
  if (container.many && inner.length > 1) return { kind: "list", item: anyShape };
  const isOpen = container.open && inner.length === 0;
  const [first = anyShape, second = anyShape] = inner;
  if (!isOpen && inner.length !== wanted) return { unknown: type.name };
  if (container.kind === "map") return { kind: "map", key: first, value: second };
  if (container.kind === "optional") return { kind: "optional", of: first };
  const element = type.arguments[0];
  const isOctets = typeof element === "object" && octets.has(`${type.lang}\\${element.name}`);
  return { kind: "list", item: first, ...(isOctets ? { octets: true } : {}) };
}

const octets: ReadonlySet<string> = new Set(["rust\\u8", "cpp\\uint8_t"]);

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

const across: Partial<Record<ScalarKind, readonly ScalarKind[]>> = {
  int: ["float", "number"],
  float: ["number"],
  number: ["int", "float"],
  enum: ["text"],
  text: ["enum"],
};

function scalarsConvert(from: ScalarKind, to: ScalarKind): boolean {
  return across[from]?.includes(to) ?? false;
}
