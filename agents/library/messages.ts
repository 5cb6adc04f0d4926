/**
 * What the agent and a library worker say to each other, in frames of `agents/pool`. Every question has an id of its own
 * and one answer.
 *
 *     agent -> worker   c  call: CallMessage          a  abort the call with this id: AbortMessage (no answer of its own)
 *                       d  close: CloseMessage        x  the attempt has ended: EndMessage
 *     worker -> agent   h  it takes calls             l  a line in the execution's log: LineMessage
 *                       v  AnswerMessage to c; a boolean to d; ClosedMessage to x
 *                       s  the call was aborted, and nothing of it is left
 */
import type { CanonicalValue } from "@polyglot/contracts";
import type { LibraryArguments, LibraryEnd, LogLevel } from "../stdlib/library-function.ts";

/** Which attempt of which execution: who owns a handle. */
export type Owner = string;

export interface CallMessage {
  readonly owner: Owner;
  readonly name: string;
  readonly given: LibraryArguments;
  /** What a command that it runs is known by, among all processes of the worker. */
  readonly command: string;
}

export interface AbortMessage {
  /** How long its commands have to end by themselves. Milliseconds. */
  readonly graceMs?: number;
}

export interface CloseMessage {
  readonly owner: Owner;
  readonly handle: CanonicalValue;
}

export interface EndMessage {
  readonly owner: Owner;
}

export interface LineMessage {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: LogLevel;
  readonly text: string;
}

export type AnswerMessage = LibraryEnd;

/** What an attempt had left open, and what of it did not close. */
export interface ClosedMessage {
  readonly left: readonly { readonly kind: string; readonly name: string; readonly problem?: string }[];
}
