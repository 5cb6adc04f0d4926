/**
 * What a program may hold of what a plan repeats: each use of a name, a type or a default puts it into the plan again, and
 * each call asks for the callee's inputs. Without these limits a plan, and the time to make it, would grow with the square of
 * the text, or faster: an alias may stand twice in the next one.
 */
export const sizes = {
  /** Characters of a name, a namespace, or an import's path. */
  nameCharacters: 1_000,
  /** Names in a type, its aliases replaced. */
  typeNames: 100,
  /** Characters of an argument that is known before an activation, its inputs put in; a value in a list counts as one. */
  constantCharacters: 10_000,
  /** Of one pipeline or macro. */
  inputs: 256,
  /** Of one pipeline, those under `|T.Any` included. */
  triggers: 256,
  /** Of one native function. */
  parameters: 256,
  /** Lines of macros and callees that the plans of all pipelines repeat, besides those for each line of the source. */
  repeatedLines: 100_000,
  repeatedLinesPerLine: 4,
  /** Hints on spelling in one compile: each looks at all known names. */
  hints: 200,
} as const;
