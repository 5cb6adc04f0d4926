import { didYouMean, error, warning } from "../problem.ts";

export const nativeProblems = {
  unknownFile: error<[path: string, nearest: string | undefined]>(
    "PG6001",
    (path) => `there is no file '${path}' beside this .pg file`,
    (_path, nearest) => didYouMean(nearest),
  ),
  outsideBundle: error<[path: string]>(
    "PG6002",
    (path) => `'${path}' is not in this namespace's bundle`,
    "native code stands at or below the folder of the .pg file, outside of folders with .pg files of their own",
  ),
  unknownFunction: error<[file: string, name: string, nearest: string | undefined]>(
    "PG6003",
    (file, name) => `${file} has no function '${name}'`,
    (_file, _name, nearest) => didYouMean(nearest),
  ),
  wrongExtension: error<[path: string, allowed: string]>(
    "PG6004",
    (path, allowed) => `'${path}' does not end with ${allowed}`,
  ),
  unreadable: warning<[path: string, line: number]>(
    "PG6005",
    (path, line) => `line ${line} of ${path} cannot be read, so its functions are checked only when it runs`,
  ),
  unsupportedType: error<[name: string, type: string]>(
    "PG6007",
    (name, type) => `'${name}' cannot be called: its type '${type}' has no counterpart here`,
  ),
  missingBuildFile: error<[path: string, wanted: string]>(
    "PG6008",
    (path, wanted) => `the folder '${path}' has no ${wanted}`,
    "name a file of the folder, or add what says how the folder is built",
  ),
  environmentNotLiteral: error<[argument: string]>(
    "PG6009",
    (argument) => `'${argument}' is not the path of a file as a literal text`,
    "what an environment holds is known before a pipeline runs: write the path itself, in quotes",
  ),
  needsDot: error<[path: string]>(
    "PG6006",
    (path) => `'${path}' is a file, not a module`,
    "write ./ before the path of a file",
  ),
} as const;
