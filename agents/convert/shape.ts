/** What a type asks of a value, in whichever language it is written. */
import { containerKinds, parseTypeName, type ScalarKind, scalarKinds, type TypeName } from "@polyglot/contracts";

export type Shape =
  | { readonly kind: ScalarKind }
  /** `js\bigint`: an int that is never a JavaScript number, however small. */
  | { readonly kind: "bigint" }
  /** `octets`: a list of bytes that takes a byte string as well. */
  | {
      readonly kind: "list";
      readonly form: ListForm;
      readonly element: Shape;
      readonly octets?: boolean;
      /** Elements side by side in memory, under the name that the language has for that. */
      readonly array?: string;
    }
  /** A tuple whose elements each have a type of their own. */
  | { readonly kind: "tuple"; readonly elements: readonly Shape[] }
  | { readonly kind: "map"; readonly key: Shape; readonly value: Shape }
  | { readonly kind: "optional"; readonly of: Shape };

export type ListForm = "list" | "tuple" | "set";

const any: Shape = { kind: "any" };

/** Types that only signatures of native code name, and those that ask for more than their kind. */
const own: Readonly<Record<string, Shape>> = {
  "py\\timedelta": { kind: "duration" },
  "js\\bigint": { kind: "bigint" },
  "js\\Float64Array": { kind: "list", form: "list", element: { kind: "float" }, array: "Float64Array" },
  "js\\Float32Array": { kind: "list", form: "list", element: { kind: "float" }, array: "Float32Array" },
  "js\\Int32Array": { kind: "list", form: "list", element: { kind: "int" }, array: "Int32Array" },
  "js\\BigInt64Array": { kind: "list", form: "list", element: { kind: "int" }, array: "BigInt64Array" },
};

const listForms: Readonly<Record<string, ListForm>> = {
  "py\\tuple": "tuple",
  "py\\set": "set",
  "rust\\tuple": "tuple",
  "cpp\\tuple": "tuple",
  "cpp\\pair": "tuple",
};
const octets: ReadonlySet<string> = new Set(["rust\\u8", "cpp\\uint8_t"]);
const maps: ReadonlySet<string> = new Set(["js\\Map"]);
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
  const name = `${type.lang}\\${type.name}`;
  const scalar = type.arguments.length === 0 ? (own[name] ?? scalarOf(type)) : undefined;
  if (scalar !== undefined) return scalar;
  const inner = elementsOf(type).map((item) => (typeof item === "number" ? undefined : shapeOfName(item)));
  if (inner.some((shape) => shape === undefined)) return undefined;
  return containerOf(type, name, inner as Shape[]);
}

/** An array's length is for its module to check. */
const elementsOf = (type: TypeName): TypeName["arguments"] =>
  type.name === "array" ? type.arguments.slice(0, 1) : type.arguments;

function scalarOf({ lang, name }: TypeName): Shape | undefined {
  const kind = Object.hasOwn(scalarKinds[lang], name) ? scalarKinds[lang][name] : undefined;
  return kind === undefined ? undefined : { kind };
}

function containerOf(type: TypeName, name: string, inner: readonly Shape[]): Shape | undefined {
  const kind = containerKinds[type.lang][type.name];
  const [first = any, second = any] = inner;
  const form = listForms[name] ?? "list";
  if (form === "tuple" && inner.length > 0) return { kind: "tuple", elements: inner };
  if (kind === "list" && inner.length <= 1) {
    return { kind: "list", form, element: first, ...(holdsOctets(type) ? { octets: true } : {}) };
  }
  if ((kind === "map" || maps.has(name)) && inner.length <= 2) {
    return { kind: "map", key: inner.length === 0 ? any : first, value: second };
  }
  if ((kind === "optional" || optionals.has(name)) && inner.length === 1) return { kind: "optional", of: first };
  return undefined;
}

function holdsOctets({ lang, arguments: [element] }: TypeName): boolean {
  return typeof element === "object" && octets.has(`${lang}\\${element.name}`);
}
