import type { Span } from "../source/source-file.ts";
import type { ElementWord } from "./element.ts";

export type TokenKind =
  | "space"
  | "newline"
  | "comment"
  | "element"
  | "name"
  /** Names joined by `>`, after `@` or in `[@]`; a tail starts with `>` and goes on after `[^]`. */
  | "namespace"
  | "namespace-tail"
  | "type"
  | "error-type"
  /** With its prefix, if it has one. */
  | "string"
  | "number"
  /** An unquoted import path. */
  | "path"
  | Mark
  | "unknown";

export const marks = ["<|<", "<<", ">>", "?>", "!>", "|", "@", "#", ":", ",", "[", "]", "{", "}"] as const;
export type Mark = (typeof marks)[number];

/** The tokens of a file, joined, are its text. */
export interface Token extends Span {
  readonly kind: TokenKind;
  /** Of an element token that names one. */
  readonly element?: ElementWord;
  /** Of a string or comment that has no end, or a type whose `<` is not closed. */
  readonly unclosed?: boolean;
}

export const isTrivia = (token: Token): boolean =>
  token.kind === "space" || token.kind === "newline" || token.kind === "comment";
