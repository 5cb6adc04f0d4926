/**
 * The form of a name of the standard library that touches files, processes, networks or databases. It never runs in the
 * agent: one *library worker* for each namespace runs it, a process contained like user code (`agents/library`).
 *
 * To add a group: one file here that exports `Readonly<Record<string, ContainedFunction>>` by canonical name, written with
 * `contained(…)`, and a line in `contained-library.ts`. A wrapper (`W.…`) is a function under its own name whose first
 * result is a handle; the executioner closes that handle when the wrapper closes. The agent loads these files too, for
 * their names and parameters, so a heavy package is imported inside of the function that needs it.
 *
 * Many calls, of many executions, run in one process at once: nothing may block its event loop, and `signal` has to end
 * a call soon, since a process that does not let go of a call is killed, with all that is open in it.
 */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import { Given, Refused } from "../given.ts";
import { type LibraryArguments, type LibraryEnd, type LogLevel, problem, values } from "../library-function.ts";
import { problemOfSystem } from "./system-problem.ts";

export interface ContainedLimits {
  /** Text or bytes of one argument or result. */
  readonly maxValueBytes: number;
  /** Values that calls of one process have reserved and not yet handed over, together. */
  readonly maxReservedBytes: number;
  /** What a program may write to each of its two streams. */
  readonly maxOutputBytes: number;
  /** Paths that one listing of a folder gives. */
  readonly maxListedPaths: number;
  /** Handles that one execution may have open at once. */
  readonly maxOpenHandles: number;
}

export const defaultContainedLimits: ContainedLimits = {
  maxValueBytes: 64 * 2 ** 20,
  maxReservedBytes: 256 * 2 ** 20,
  maxOutputBytes: 16 * 2 ** 20,
  maxListedPaths: 100_000,
  maxOpenHandles: 1_000,
};

/** What the agent says to a library worker at its start, as JSON. */
export interface ContainedSettings {
  /** Relative paths start here. */
  readonly dataRoot: string;
  /** What may be connected to besides the public internet: networks, addresses and words, see `AddressPolicy` of `schemas/service`. */
  readonly allowNetworks: readonly string[];
  readonly limits: ContainedLimits;
}

/** What one execution's attempt has open in this process. All of it is closed when the attempt ends, whatever happened. */
export interface Resources {
  /** `kind` and `name` are for people: `file`, `data/a.csv`. */
  add(kind: string, value: object, close: () => Promise<void> | void, name?: string): CanonicalValue;
  /** Refuses a handle of another execution or kind, one that was closed, and one whose process is gone. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a kind and its type stand together in a group
  take<T>(handle: CanonicalValue, kind: string): T;
  /** False where it is not open. */
  close(handle: CanonicalValue): Promise<boolean>;
}

export interface ContainedContext {
  /** Aborts when the step is to end. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly resources: Resources;
  readonly settings: ContainedSettings;
  /** Variables that every program started here has to carry: by them it is found when the worker ends. */
  readonly marks: Readonly<Record<string, string>>;
  /** What a command that this call runs is known by: the agent counts what it uses. */
  readonly command: string;
  /**
   * Waits until the process may hold so many bytes more: before a large value is taken in, once in a call. They are free
   * again when the answer has been handed over.
   */
  reserve(bytes: number): Promise<void>;
  /** A line in the execution's log. */
  log(level: LogLevel, text: string): void;
}

export interface ContainedFunction {
  /** Names of the parameters; several lists where it may be called in several ways. The first that fits in number is taken. */
  readonly parameters: readonly (readonly string[])[];
  run(given: LibraryArguments, context: ContainedContext): Promise<LibraryEnd> | LibraryEnd;
}

type Answer = readonly CanonicalValue[];

/** A function that gives its results in order. `lists` are its parameters, `a, b | c`. */
export function contained(
  lists: string,
  answer: (given: Given<ContainedContext>) => Promise<Answer> | Answer,
): ContainedFunction {
  return {
    parameters: lists.split(" | ").map((list) => list.split(", ").filter((name) => name !== "")),
    run: async (given, context): Promise<LibraryEnd> => {
      try {
        return values(...(await answer(new Given(given, context))));
      } catch (error) {
        const refused = error instanceof Refused ? error : problemOfSystem(error);
        if (refused === undefined) throw error;
        return problem(refused.type, refused.message);
      }
    },
  };
}
