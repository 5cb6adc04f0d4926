/** Between a connection to SQLite and the process that has the file open. */

/** What SQLite knows; ints are `bigint`, so that floats stay apart. */
export type SqliteValue = null | bigint | number | string | Uint8Array;

export interface SqliteOpening {
  /** A `file:` URL, or `:memory:`. */
  readonly location: string;
  readonly readOnly: boolean;
  readonly busyMs: number;
  readonly maxRows: number;
}

export type SqliteRequest =
  /** Opens; where it is open, closes first: a new user finds nothing of the last one's. */
  | { readonly kind: "open" }
  | {
      readonly kind: "query" | "execute";
      readonly text: string;
      readonly parameters: readonly SqliteValue[];
      readonly maxBytes: number;
    };

export type SqliteAnswer =
  | { readonly kind: "opened" }
  | { readonly kind: "rows"; readonly names: readonly string[]; readonly rows: readonly (readonly SqliteValue[])[] }
  | { readonly kind: "changed"; readonly count: bigint }
  | { readonly kind: "tooMany"; readonly what: "rows" | "bytes" }
  | { readonly kind: "severalStatements" }
  /** `code`: SQLite's own, undefined for an error of its driver. */
  | { readonly kind: "problem"; readonly message: string; readonly code: number | undefined };
