import { error } from "../problem.ts";

export const structureProblems = {
  depthJump: error<[depth: number, allowed: number]>(
    "PG1101",
    (depth, allowed) => `this line stands ${depth} deep, but at most ${allowed} is possible after the line before it`,
    "each [~] is one level; a line belongs to the nearest line above that is one level less deep",
  ),
  ioWithoutParent: error("PG1102", "this argument or result line stands under no call", "put [~] before it"),
  ioTooLate: error(
    "PG1103",
    "argument and result lines come before all other lines under their parent",
    "move it up to its call",
  ),
  ioNotTaken: error<[parent: string]>(
    "PG1104",
    (parent) => `${parent} takes no argument or result lines here`,
    "only calls take them: write the value on the line itself",
  ),
  notUnder: error<[child: string, parent: string]>(
    "PG1105",
    (child, parent) => `${child} cannot stand under ${parent}`,
    "a line that comes after another stands at its depth",
  ),
  onlyUnder: error<[element: string, where: string]>(
    "PG1106",
    (element, where) => `${element} cannot stand here: it belongs ${where}`,
  ),
  missingNamespace: error(
    "PG1107",
    "the file does not start with its namespace",
    "begin with [@] and the namespace, such as [@] io.github.alice>ETL",
  ),
  missingImportEnd: error("PG1108", "the import block has no end", "put [X] after [@] and its [D] lines"),
  notClosed: error<[what: string]>("PG1109", (what) => `${what} has no end`, "end it with [x] at depth 0"),
  nothingToClose: error("PG1110", "there is no open block that [x] could end"),
  outsideBlock: error<[element: string]>(
    "PG1111",
    (element) => `${element} stands outside of any pipeline`,
    (element) =>
      element === "[D]"
        ? "imports stand between [@] and [X], members under their [#]"
        : "put it between [|] and the [x] that ends the pipeline",
  ),
  wrongOrder: error<[element: string, after: string, where: string]>(
    "PG1112",
    (element, after, where) => `${element} cannot come after ${after}: it belongs ${where}`,
  ),
  notInMacro: error<[element: string]>("PG1113", (element) => `${element} cannot stand in a macro`),
  injectOnce: error<[name: string]>("PG1114", (name) => `macro '${name}' needs [v] exactly once, at depth 0`),
  injectOutside: error("PG1115", "[v] stands only in a macro"),
  wrongCall: error<[element: string, wanted: string, seen: string]>(
    "PG1116",
    (element, wanted, seen) => `${element} takes a call of ${wanted}, not |${seen}`,
  ),
  namespaceTwice: error("PG1117", "the file's namespace stands twice", "another namespace is another file"),
  bodyNotTaken: error<[element: string]>(
    "PG1118",
    (element) => `this cannot be the body of ${element}`,
    "it is @Name << what it imports, or lang\\type >> lang\\name for an alias",
  ),
} as const;
