import { type CanonicalValue, tagOf } from "@polyglot/contracts";
import { describeKind } from "../convert/describe.ts";
import { isFloat, isInt } from "../convert/numbers.ts";
import {
  type LibraryArguments,
  type LibraryContext,
  type LibraryEnd,
  type LibraryFunction,
  problem,
  values,
} from "./library-function.ts";
import { contentOf, wordOf } from "./tagged.ts";

/** Calendar months apart from seconds. */
export interface Duration {
  readonly months: number;
  readonly seconds: number;
}

/** The arguments of one call, each asked for as what it is to be. */
export class Given<Context = LibraryContext> {
  readonly context: Context;
  readonly #values: LibraryArguments;

  constructor(given: LibraryArguments, context: Context) {
    this.#values = given;
    this.context = context;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  any(name: string): CanonicalValue {
    const value = this.#values[name];
    if (value === undefined) throw new Refused("ValidationError", `'${name}' is missing`);
    return value;
  }

  text(name: string): string {
    const value = this.any(name);
    return typeof value === "string" ? value : this.#refuse(name, "a text");
  }

  bool(name: string): boolean {
    const value = this.any(name);
    return typeof value === "boolean" ? value : this.#refuse(name, "True or False");
  }

  int(name: string): number {
    const value = this.any(name);
    return Number.isSafeInteger(value) ? (value as number) : this.#refuse(name, "an integer within ±(2^53-1)");
  }

  float(name: string): number {
    const value = this.any(name);
    const digits = wordOf(value, "$float") ?? wordOf(value, "$int");
    if (typeof value !== "number" && digits === undefined) return this.#refuse(name, "a number");
    return Number(digits ?? value);
  }

  /** An int or a float, as it is. */
  number(name: string): CanonicalValue {
    const value = this.any(name);
    return isInt(value) || isFloat(value) ? value : this.#refuse(name, "a number");
  }

  list(name: string): readonly CanonicalValue[] {
    const value = this.any(name);
    return Array.isArray(value) ? value : this.#refuse(name, "a list");
  }

  /** An object whose keys are texts. */
  map(name: string): Readonly<Record<string, CanonicalValue>> {
    const value = this.any(name);
    const isMap = value !== null && typeof value === "object" && !Array.isArray(value) && tagOf(value) === undefined;
    return isMap ? (value as Readonly<Record<string, CanonicalValue>>) : this.#refuse(name, "a map with text as keys");
  }

  bytes(name: string): Buffer {
    const content = wordOf(this.any(name), "$bytes");
    return content === undefined ? this.#refuse(name, "bytes") : Buffer.from(content, "base64");
  }

  datetime(name: string): string {
    return wordOf(this.any(name), "$datetime") ?? this.#refuse(name, "a date-time");
  }

  duration(name: string): Duration {
    const content = contentOf(this.any(name), "$duration");
    return content === undefined ? this.#refuse(name, "a duration") : (content as unknown as Duration);
  }

  /** Of a duration without years and months. */
  seconds(name: string): number {
    const { months, seconds } = this.duration(name);
    if (months !== 0) throw new Refused("ConversionError", `'${name}' is in months, which have no fixed length`);
    return seconds;
  }

  #refuse(name: string, wanted: string): never {
    throw new Refused("ConversionError", `'${name}' is to be ${wanted}, and is ${describeKind(this.any(name))}`);
  }
}

/** Ends a function of the library with an error of `pg\!`: its own, or what the controller refused it. */
export class Refused extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

type Answer = CanonicalValue | undefined;

/** A function with one result, or with none where it answers undefined. `lists` are its parameters, `a, b`. */
export function define(lists: string, answer: (given: Given) => Answer | Promise<Answer>): LibraryFunction {
  return {
    parameters: lists.split(" | ").map((list) => list.split(", ").filter((name) => name !== "")),
    run: async (given, context): Promise<LibraryEnd> => {
      try {
        const value = await answer(new Given(given, context));
        return value === undefined ? values() : values(value);
      } catch (error) {
        if (error instanceof Refused) return problem(error.type, error.message);
        throw error;
      }
    },
  };
}
