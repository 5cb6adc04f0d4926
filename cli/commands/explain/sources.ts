/** What `explain` knows, by word: each source answers for its own words. */
import { findLibraryEntry, library, libraryEnums } from "@polyglot/compiler";
import { type DeclaredKind, declaredKinds, errorCodes } from "@polyglot/contracts";
import { findingText } from "./finding-text.ts";
import { findings } from "./gen/findings.ts";
import { kindText } from "./kind-text.ts";
import { entryText, enumText } from "./library-text.ts";

const answers: ReadonlyMap<string, string> = new Map(Object.entries(errorCodes));

/** All words that have an explanation; runtimes of further versions and converters are known by a pattern besides. */
export const explainedNames: readonly string[] = [
  ...library.flatMap((entry) => [entry.name, ...entry.aliases]),
  ...libraryEnums.keys(),
  ...findings.keys(),
  ...Object.keys(declaredKinds),
  ...answers.keys(),
];

/** In lines of at most `width` characters, programs aside. Undefined where no source knows the word. */
export function explain(word: string, width: number): string | undefined {
  const code = word.toUpperCase();
  const finding = findings.get(code);
  if (finding !== undefined) return findingText(code, finding, width);
  const entry = findLibraryEntry(word);
  if (entry !== undefined) return entryText(entry, width);
  const members = libraryEnums.get(word);
  // `Queue` is both.
  const meanings = [
    ...(members === undefined ? [] : [enumText(word, members)]),
    ...(Object.hasOwn(declaredKinds, word) ? [kindText(word as DeclaredKind, width)] : []),
  ];
  if (meanings.length > 0) return meanings.join("\n\n");
  const answer = answers.get(word);
  return answer === undefined ? undefined : `${word}: an answer of the API and the commands\n\n  ${answer}`;
}
