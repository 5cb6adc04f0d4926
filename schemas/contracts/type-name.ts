/**
 * Types by name, in every language that Polyglot knows: `pg\int`, `rust\Vec<i64>`, `cpp\map<string,vector<int>>`.
 * One parser for the compiler and the agent. `std::` is optional and dropped; white space is ignored.
 */
export const typeLanguages = ["pg", "py", "js", "rust", "cpp"] as const;
export type TypeLanguage = (typeof typeLanguages)[number];

export interface TypeName {
  readonly lang: TypeLanguage;
  /** Without language and arguments: `Vec`, `&str`, `i64`. Of Rust, `array` stands for `[T;N]`, `slice` for `&[T]`, `tuple` for `(A,B)`. */
  readonly name: string;
  /** Types, and integers where a length is asked for. */
  readonly arguments: readonly (TypeName | number)[];
}

const maxDepth = 100;

/** Answers undefined for text that is not a type; whether the name exists is another question. */
export function parseTypeName(text: string): TypeName | undefined {
  const split = text.indexOf("\\");
  const lang = typeLanguages.find((known) => known === text.slice(0, split));
  if (lang === undefined) return undefined;
  const reader = new TypeReader(text.slice(split + 1), lang);
  const type = reader.type(0);
  return reader.ended ? type : undefined;
}

export function formatTypeName(type: TypeName): string {
  return `${type.lang}\\${formatInner(type)}`;
}

function formatInner(type: TypeName): string {
  if (type.arguments.length === 0) return type.name;
  const inner = type.arguments.map((item) => (typeof item === "number" ? String(item) : formatInner(item)));
  if (type.lang === "rust" && type.name === "array") return `[${inner.join(";")}]`;
  if (type.lang === "rust" && type.name === "slice") return `&[${inner.join(",")}]`;
  if (type.lang === "rust" && type.name === "tuple") return `(${inner.join(",")}${inner.length === 1 ? "," : ""})`;
  return `${type.name}<${inner.join(",")}>`;
}

class TypeReader {
  readonly #text: string;
  readonly #lang: TypeLanguage;
  #at = 0;

  constructor(text: string, lang: TypeLanguage) {
    this.#text = text.replace(/\s+/g, "");
    this.#lang = lang;
  }

  get ended(): boolean {
    return this.#at === this.#text.length;
  }

  type(depth: number): TypeName | undefined {
    if (depth > maxDepth) return undefined;
    if (this.#lang === "rust") {
      if (this.#take("[")) return this.#fixedArray(depth);
      if (this.#take("&[")) return this.#slice(depth);
      if (this.#take("(")) return this.#tuple(depth);
    }
    const name = this.#match(/&?[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*/y)?.replace(/^std::/, "");
    if (name === undefined) return undefined;
    if (!this.#take("<")) return { lang: this.#lang, name, arguments: [] };
    const items: (TypeName | number)[] = [];
    do {
      const item = this.#argument(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    } while (this.#take(","));
    return this.#take(">") ? { lang: this.#lang, name, arguments: items } : undefined;
  }

  #argument(depth: number): TypeName | number | undefined {
    const length = this.#match(/\d+/y);
    return length === undefined ? this.type(depth) : Number(length);
  }

  #fixedArray(depth: number): TypeName | undefined {
    const element = this.type(depth + 1);
    const length = this.#take(";") ? this.#match(/\d+/y) : undefined;
    if (element === undefined || length === undefined || !this.#take("]")) return undefined;
    return { lang: "rust", name: "array", arguments: [element, Number(length)] };
  }

  #slice(depth: number): TypeName | undefined {
    const element = this.type(depth + 1);
    return element === undefined || !this.#take("]")
      ? undefined
      : { lang: "rust", name: "slice", arguments: [element] };
  }

  #tuple(depth: number): TypeName | undefined {
    const elements: TypeName[] = [];
    do {
      const element = this.type(depth + 1);
      if (element === undefined) return undefined;
      elements.push(element);
    } while (this.#take(",") && !this.#startsWith(")"));
    return this.#take(")") ? { lang: "rust", name: "tuple", arguments: elements } : undefined;
  }

  #startsWith(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#startsWith(text)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}
