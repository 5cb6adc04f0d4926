/**
 * Fits a canonical value under a type: the same value where it fits as it is, another one where a converter exists
 * (int to float, enum to text and back), else the path to the element that does not fit and why.
 *
 * A border is where the value goes. `pg` keeps it canonical. The others dress it for their worker: enum members become
 * text, and tags that exist on those wires alone say what JSON cannot (`$tuple`, `$set`, `$bigint`, `$array`). What a compiled
 * language asks beyond the kind (the bits of an int, the length of an array) its module sees to.
 */
import { type CanonicalValue, tagOf } from "@polyglot/contracts";
import { describeKind } from "./describe.ts";
import { floatOfInt, isFloat, isInt } from "./numbers.ts";
import type { Shape } from "./shape.ts";

export type Border = "pg" | "py" | "js" | "rust" | "cpp";

export type Fitted = { readonly kind: "value"; readonly value: CanonicalValue } | Misfit;

export interface Misfit {
  readonly kind: "misfit";
  /** From the root that the caller names: `rows[3].price`. */
  readonly path: string;
  readonly message: string;
}

export interface FitContext {
  readonly border: Border;
  /** What the path begins with: the name of an argument or result. */
  readonly root: string;
  /** The type as written, for messages. */
  readonly type: string;
  /** Where a text that becomes an enum member has its enum. */
  readonly namespace: string;
}

/** Containers in containers. The languages' own JSON readers give up at about 1,000. */
export const maxDepth = 500;

export function fit(value: CanonicalValue, shape: Shape, context: FitContext): Fitted {
  try {
    return { kind: "value", value: new Fitting(context).fit(value, shape) };
  } catch (error) {
    if (error instanceof MisfitFound) return { kind: "misfit", path: error.path, message: error.message };
    throw error;
  }
}

/** Unwinds the walk; never leaves this file. */
class MisfitFound extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

type Tagged = { readonly [tag: string]: CanonicalValue };

class Fitting {
  readonly #context: FitContext;
  readonly #path: (string | number)[] = [];

  constructor(context: FitContext) {
    this.#context = context;
  }

  fit(value: CanonicalValue, shape: Shape): CanonicalValue {
    switch (shape.kind) {
      case "any":
        return this.#any(value);
      case "optional":
        return value === null ? null : this.fit(value, shape.of);
      case "list":
        if (shape.octets === true && tagOf(value) === "$bytes") return value;
        return this.#array(
          shape.array,
          this.#form(
            shape.form,
            this.#each(this.#list(value, shape.element), () => shape.element),
          ),
        );
      case "tuple":
        return this.#form("tuple", this.#tuple(value, shape.elements));
      case "map":
        return this.#map(value, shape.key, shape.value);
      case "bigint":
        if (!isInt(value)) return this.#misfit(value);
        return this.#context.border === "js" ? { $bigint: textOfInt(value) } : value;
      case "float":
        return this.#float(value);
      case "text":
        return typeof value === "string" ? value : this.#textOfEnum(value);
      case "enum":
        return this.#enum(value);
      case "number":
        return isInt(value) || isFloat(value) ? value : this.#misfit(value);
      case "int":
        return isInt(value) ? value : this.#misfit(value);
      case "bool":
        return typeof value === "boolean" ? value : this.#misfit(value);
      case "none":
        return value === null ? value : this.#misfit(value);
      case "datetime":
      case "duration":
      case "bytes":
      case "handle":
      case "range":
        return tagOf(value) === `$${shape.kind}` ? this.#any(value) : this.#misfit(value);
    }
  }

  #any(value: CanonicalValue): CanonicalValue {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return this.#each(value, () => anyShape);
    switch (tagOf(value)) {
      case undefined:
      case "$map":
        return this.#map(value, anyShape, anyShape);
      case "$enum":
        return this.#context.border === "pg" ? value : this.#textOfEnum(value);
      case "$duration":
        return this.#duration(value as Tagged);
      case "$datetime":
        return this.#datetime(value as Tagged);
      case "$range":
      case "$handle":
        return this.#context.border === "pg" ? value : this.#misfit(value);
      case "$int":
      case "$float":
      case "$bytes":
        return value;
    }
  }

  /** A byte string is a list of ints as well: compiled languages do not tell the two apart. */
  #list(value: CanonicalValue, element?: Shape): readonly CanonicalValue[] {
    if (Array.isArray(value)) return value;
    if (element?.kind !== "int" || tagOf(value) !== "$bytes") return this.#misfit(value);
    return [...Buffer.from((value as { readonly $bytes: string }).$bytes, "base64")];
  }

  #tuple(value: CanonicalValue, elements: readonly Shape[]): CanonicalValue[] {
    const items = this.#list(value);
    if (items.length !== elements.length) {
      return this.#fail(`${items.length} elements where ${this.#context.type} takes ${elements.length}`);
    }
    return this.#each(items, (index) => elements[index] ?? anyShape);
  }

  #each(items: readonly CanonicalValue[], shapeAt: (index: number) => Shape): CanonicalValue[] {
    return items.map((item, index) => this.#below(index, () => this.fit(item, shapeAt(index))));
  }

  #form(form: "list" | "tuple" | "set", items: CanonicalValue[]): CanonicalValue {
    return this.#context.border === "py" && form !== "list" ? { [`$${form}`]: items } : items;
  }

  #array(name: string | undefined, items: CanonicalValue): CanonicalValue {
    return name !== undefined && this.#context.border === "js" ? { $array: [name, items] } : items;
  }

  #map(value: CanonicalValue, key: Shape, inner: Shape): CanonicalValue {
    if (tagOf(value) === "$map")
      return this.#pairs((value as Tagged)["$map"] as readonly [CanonicalValue, CanonicalValue][], key, inner);
    if (value === null || typeof value !== "object" || Array.isArray(value) || tagOf(value) !== undefined)
      return this.#misfit(value);
    const entries = Object.entries(value as Tagged).map(([name, item]): [string, CanonicalValue] => {
      this.#below(name, () => this.fit(name, key));
      return [name, this.#below(name, () => this.fit(item, inner))];
    });
    return Object.fromEntries(entries);
  }

  #pairs(pairs: readonly (readonly [CanonicalValue, CanonicalValue])[], key: Shape, inner: Shape): CanonicalValue {
    const fitted = pairs.map(([name, item]): CanonicalValue => {
      const step = typeof name === "string" ? name : JSON.stringify(name);
      return [this.#below(step, () => this.fit(name, key)), this.#below(step, () => this.fit(item, inner))];
    });
    return { $map: fitted };
  }

  #float(value: CanonicalValue): CanonicalValue {
    if (isFloat(value)) return value;
    if (!isInt(value)) return this.#misfit(value);
    return floatOfInt(value) ?? this.#fail(`the int ${textOfInt(value)} has no exact float`);
  }

  #textOfEnum(value: CanonicalValue): CanonicalValue {
    if (tagOf(value) !== "$enum") return this.#misfit(value);
    const name = textUnder(value, "$enum");
    return name.slice(name.indexOf("#") + 1);
  }

  #enum(value: CanonicalValue): CanonicalValue {
    if (tagOf(value) === "$enum") return this.#any(value);
    if (typeof value !== "string" || !/^[A-Za-z]\w*\.[A-Za-z]\w*$/.test(value)) return this.#misfit(value);
    return this.#context.border === "pg" ? { $enum: `${this.#context.namespace}#${value}` } : value;
  }

  #duration(value: Tagged): CanonicalValue {
    if (this.#context.border === "pg") return value;
    if (this.#context.border === "js") return this.#misfit(value);
    const { months } = value["$duration"] as Tagged;
    if (months !== 0)
      return this.#fail("a duration with years or months has no converter: their length depends on the day");
    return value;
  }

  /** Python keeps microseconds and four-digit years, JavaScript's Date milliseconds; what is finer would be lost. */
  #datetime(value: Tagged): CanonicalValue {
    const { border, type } = this.#context;
    if (border === "pg") return value;
    const text = textUnder(value, "$datetime");
    const digits = /\.(\d+?)0*Z$/.exec(text)?.[1]?.length ?? 0;
    const kept = border === "py" ? 6 : 3;
    if (digits > kept) return this.#fail(`${text} is finer than ${type} can hold: ${kept} digits after the second`);
    if (border === "py" && !/^(?!0000)\d{4}-/.test(text))
      return this.#fail(`${text} is outside the years 1 to 9999 that Python can hold`);
    return value;
  }

  #below<Result>(step: string | number, walk: () => Result): Result {
    if (this.#path.length >= maxDepth) this.#fail(`nested more than ${maxDepth} deep`);
    this.#path.push(step);
    const result = walk();
    this.#path.pop();
    return result;
  }

  #misfit(value: CanonicalValue): never {
    return this.#fail(`${describeKind(value)} has no converter to ${this.#context.type}`);
  }

  #fail(message: string): never {
    throw new MisfitFound(formatPath(this.#context.root, this.#path), message);
  }
}

const anyShape: Shape = { kind: "any" };

const textOfInt = (value: CanonicalValue): string =>
  typeof value === "number" ? String(value) : textUnder(value, "$int");

/** What stands under a tag whose content is text, which the canonical form promises. */
function textUnder(value: CanonicalValue, tag: "$int" | "$enum" | "$datetime"): string {
  return (value as { readonly [key: string]: string })[tag] ?? "";
}

/** `rows[3].price`; a key that is not a name is quoted: `rows["unit price"]`. */
export function formatPath(root: string, steps: readonly (string | number)[]): string {
  const parts = steps.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return root + parts.join("");
}
