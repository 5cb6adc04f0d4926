/** The seam that each kind of database serves: one file each opens a connection, asks, cancels and closes. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { ContainedSettings } from "./contained-function.ts";

export interface Statement {
  /** SQL, or the name of a Redis command. */
  readonly text: string;
  /** Never a part of the text. */
  readonly parameters: readonly CanonicalValue[];
  /** The step's end, or the statement's time; the database is told to stop. */
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

/** One statement at a time; the caller sees to that. */
export interface Connection {
  /** False once it broke or was given up. */
  readonly isUsable: boolean;
  /** Rows as maps; of Redis the reply as a list. */
  query(statement: Statement): Promise<readonly CanonicalValue[]>;
  /** How many rows or keys changed. */
  execute(statement: Statement): Promise<CanonicalValue>;
  /** Ends what its last user began and set, so that the next one finds it as new; false where that cannot be had. */
  reset(): Promise<boolean>;
  close(): Promise<void>;
}

export type OpenConnection = (url: string, settings: ContainedSettings) => Promise<Connection>;
