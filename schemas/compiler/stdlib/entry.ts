/** One name of the standard library: what the checker, the documentation, completion and the dispatch know of it. */
export interface LibraryParameter {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
}

export interface LibraryResult {
  readonly name: string;
  readonly type: string;
}

export type LibraryKind =
  /** A trigger that an event satisfies, and that stays so until an activation uses the event. */
  | "event"
  /** A trigger that is satisfied while something holds. */
  | "condition"
  | "any-trigger"
  | "setting"
  | "wrapper"
  /** `|With.`: checks that a wrapper is in force. */
  | "requirement"
  | "utility"
  | "join"
  | "exit";

/** What an input gets: an item of the first argument, what the run before came to, or a value of a type. */
export type GivenValue = "item" | "result" | `pg\\${string}`;

/** A pipeline that the name runs within the caller's execution, and that a literal text names. */
export interface PipelineUse {
  /** The parameter that names it. */
  readonly parameter: string;
  /** Of its inputs, in order; the others need defaults. */
  readonly inputs: readonly GivenValue[];
  /** The type that its first output has to convert to; absent where none is needed. */
  readonly output?: string;
}

export interface LibraryEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly kind: LibraryKind;
  /** Argument lists; the first that fits in number is taken. */
  readonly parameters: readonly (readonly LibraryParameter[])[];
  /** Of a trigger: the fields of its context, in order. */
  readonly results: readonly LibraryResult[];
  /** A trigger whose context is the pipeline's inputs. */
  readonly givesInputs: boolean;
  /** A trigger whose first context field fills the one required input that is left. */
  readonly hasMainValue: boolean;
  readonly runs?: PipelineUse;
  readonly doc: string;
  /** The version that implements it; null while that is open. */
  readonly since: string | null;
  /** Of a condition: the version from which a `[?]` line may ask for its present state; null while that is open. */
  readonly testedSince?: string | null;
}

interface EntryOptions {
  readonly aliases?: readonly string[];
  /** `name: type, other?: type`; several lists are joined by ` | `. */
  readonly takes?: string;
  readonly gives?: string;
  readonly givesInputs?: boolean;
  readonly hasMainValue?: boolean;
  readonly runs?: PipelineUse;
  readonly doc: string;
  readonly since: string | null;
  readonly testedSince?: string | null;
}

export function entry(kind: LibraryKind, name: string, options: EntryOptions): LibraryEntry {
  return {
    name,
    aliases: options.aliases ?? [],
    kind,
    parameters: (options.takes ?? "").split(" | ").map(parseParameters),
    results: parseParameters(options.gives ?? "").map((result) => ({ name: result.name, type: result.type })),
    givesInputs: options.givesInputs ?? false,
    hasMainValue: options.hasMainValue ?? false,
    ...(options.runs && { runs: options.runs }),
    doc: options.doc,
    since: options.since,
    ...(options.testedSince !== undefined && { testedSince: options.testedSince }),
  };
}

/** A type without language is of `.pg`. */
function parseParameters(text: string): LibraryParameter[] {
  if (text.trim() === "") return [];
  return text.split(", ").map((part) => {
    const [name = "", type = ""] = part.split(": ");
    const isOptional = name.endsWith("?");
    return {
      name: isOptional ? name.slice(0, -1) : name,
      type: type.includes("\\") ? type : `pg\\${type}`,
      isOptional,
    };
  });
}
