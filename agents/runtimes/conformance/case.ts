/** What the suite asks of a language, and what a case is. */
import type { CanonicalValue, NativeTarget } from "@polyglot/contracts";
import type { CallHooks, NativeOutcome } from "../native-call.ts";

/** Kinds of values that functions are asked for: a language without types has one function for all of them. */
export type ConformanceKind =
  | "bool"
  | "int"
  | "largeInt"
  | "unboundedInt"
  | "float"
  | "text"
  | "bytes"
  | "datetime"
  | "ints"
  | "floats"
  | "map"
  | "taggedMap"
  | "intMap"
  | "mixedMap"
  | "optional"
  | "array"
  | "nested"
  | "mixed";

/** A function that answers what it is given, and the type that its parameter has. */
export interface Echo {
  readonly function: string;
  readonly type: string;
}

/** A way to fail, and what its error says. */
export interface ConformanceFailure {
  readonly call: ConformanceCall;
  /** By its lineage; the first is the class. */
  readonly lineage: readonly string[];
  readonly message: RegExp;
}

export interface ConformanceHost {
  readonly lang: "py" | "js" | "rust" | "cpp";
  /** Of each kind that the language has; the others stand in `lacks`. */
  readonly echoes: Readonly<Partial<Record<ConformanceKind, Echo>>>;
  /** What the language cannot have, and why: kinds, and facts by their text. */
  readonly lacks: Readonly<Record<string, string>>;
  readonly lineageOfRejected: readonly string[];
  readonly failures: readonly ConformanceFailure[];
  readonly misfits: readonly { readonly call: ConformanceCall; readonly message: RegExp }[];
  /** What `say` prints beside that of every language. */
  readonly saidBesides: readonly string[];
  /** Kinds that the language does not tell apart come back as this. */
  expected(value: CanonicalValue): CanonicalValue;
  call(call: ConformanceCall, hooks?: Partial<CallHooks>): Promise<NativeOutcome>;
  /** Puts the suite's bundle beside another one whose helper answers differently. */
  readonly otherBundle: string;
  /** Processes of the host whose command line holds the text. */
  processesNamed(text: string): Promise<readonly number[]>;
}

export interface ConformanceCall {
  readonly function: string;
  readonly arguments?: readonly { readonly name?: string; readonly value: CanonicalValue; readonly to?: string }[];
  readonly results?: readonly string[];
  readonly execution?: string;
  readonly bundle?: string;
  readonly signature?: NativeTarget["signature"];
}

export interface ConformanceCase {
  readonly fact: string;
  /**
   * What it depends on: the code around the user's functions, which each version of a language compiles or runs anew, or
   * the program that runs the calls, which is the same to all versions of a compiled language.
   */
  readonly about: "functions" | "calls";
  check(host: ConformanceHost): Promise<void>;
}
