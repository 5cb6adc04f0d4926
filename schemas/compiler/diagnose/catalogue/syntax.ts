import { error, warning } from "../problem.ts";

export const syntaxProblems = {
  tooManyFindings: warning<[count: number]>(
    "PG1000",
    (count) =>
      count === 1 ? "1 more finding in this file is not shown" : `${count} more findings in this file are not shown`,
    "mend the first ones and validate again: many are often the same mistake",
  ),
  notUtf8: error("PG1001", "this line is not UTF-8", "save the file as UTF-8"),
  unclosedComment: error("PG1002", "this comment has no end", "close it with *\\"),
  unclosedString: error(
    "PG1003",
    "this string has no closing quote on its line",
    'close it with ", and write \\n for a line break in it',
  ),
  unknownEscape: error<[seen: string]>(
    "PG1004",
    (seen) => `'${seen}' is no escape`,
    'escapes are \\" \\\\ \\n \\t \\r \\{ and \\u{…}',
  ),
  unknownCharacters: error<[seen: string]>("PG1005", (seen) => `'${seen}' means nothing here`, adviseOnCharacters),
  unclosedType: error(
    "PG1006",
    "this type's '<' is not closed",
    "close it with '>'; types inside are written without lang\\, such as rust\\Vec<i64>",
  ),
  invalidType: error<[seen: string]>(
    "PG1007",
    (seen) => `'${seen}' is no type`,
    "types are written lang\\name, such as pg\\string or rust\\Vec<i64>",
  ),
  invalidNumber: error<[seen: string]>(
    "PG1008",
    (seen) => `'${seen}' is no number`,
    "an underscore stands between two digits, and a float is finite",
  ),
  invalidTime: error<[seen: string]>(
    "PG1009",
    (seen) => `T"${seen}" is neither a date-time nor a duration`,
    'date-times are T"2026-01-31" and T"2026-01-31|10:30:00"; durations T"5", T"3:30", T"3:30:", T"3|", T"2-3-"',
  ),
  noElement: error<[seen: string]>(
    "PG1010",
    (seen) => `a line starts with an element such as [r], not with '${seen}'`,
    "no white space stands inside the brackets; [^] continues the line before",
  ),
  unknownElement: error<[seen: string]>("PG1011", (seen) => `${seen} is no element`, listElements),
  emptyDepth: error("PG1012", "nothing follows [~]", "remove the line, or write what stands one level deeper"),
  nothingToContinue: error(
    "PG1013",
    "there is no line that [^] could continue",
    "[^] stands after the line whose text it continues",
  ),
  expected: error<[what: string, seen: string]>("PG1014", (what, seen) => `expected ${what}, found ${seen}`),
  reservedName: error<[name: string]>(
    "PG1015",
    (name) => `'${name}' is reserved and cannot be a name`,
    "True, False, None and Default are words of the language; the case of letters matters",
  ),
  tooLarge: error<[what: string, seen: number, unit: string, limit: number]>(
    "PG1020",
    (what, seen, unit, limit) => `${what} has ${seen} ${unit}, at most ${limit} are possible`,
  ),
  tooDeep: error<[limit: number]>("PG1016", (limit) => `this nests more than ${limit} deep`),
  duplicateKey: error<[key: string]>("PG1017", (key) => `the key "${key}" stands twice in this map`),
  stringPrefix: error<[prefix: string]>(
    "PG1018",
    (prefix) => `a ${prefix}"…" string cannot stand here`,
    'py"…" and the like name native code in imports; a value is "…", and {name} in it is replaced',
  ),
  invalidNamespace: error<[seen: string]>(
    "PG1019",
    (seen) => `'${seen}' is no namespace`,
    "a namespace is names joined by '>', each beginning with a letter, such as io.github.alice>ETL",
  ),
} as const;

function listElements(): string {
  return "elements are [@] [i] [t] [Q] [w] [\\] [r] [f] [b] [j] [?] [!] [/] [o] [x]; [|], [m] and [#] begin a block";
}

/** What people bring from other languages. */
function adviseOnCharacters(seen: string): string | undefined {
  if (/[^\0-\x7f]/.test(seen)) return "names are made of ASCII letters, digits and '_'";
  if (seen.startsWith(";")) return "a line ends without a sign";
  return undefined;
}
