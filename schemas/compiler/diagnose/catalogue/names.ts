import { didYouMean, error, warning } from "../problem.ts";

export const nameProblems = {
  unknownType: error<[lang: string, name: string, nearest: string | undefined, known: readonly string[]]>(
    "PG2001",
    (lang, name) => `${lang} has no type '${name}'`,
    (lang, _name, nearest, known) => didYouMean(nearest) ?? `types of ${lang} are ${known.join(", ")}`,
  ),
  typeArguments: error<[type: string, form: string]>(
    "PG2002",
    (type) => `'${type}' does not take these type arguments`,
    (_type, form) => `it is written ${form}`,
  ),
  unknownNamespace: error<[name: string, nearest: string | undefined]>(
    "PG2003",
    (name) => `no file declares the namespace '${name}'`,
    (_name, nearest) => didYouMean(nearest),
  ),
  unknownImport: error<[name: string, nearest: string | undefined]>(
    "PG2004",
    (name) => `nothing is imported as '@${name}'`,
    (_name, nearest) => didYouMean(nearest, "@"),
  ),
  unknownPipeline: error<[name: string, where: string, nearest: string | undefined]>(
    "PG2005",
    (name, where) => `${where} has no pipeline '${name}'`,
    (name, _where, nearest) =>
      nearest === name ? "a later part of the namespace has it: parts see the parts before them" : didYouMean(nearest),
  ),
  unknownLibraryName: error<[name: string, nearest: string | undefined]>(
    "PG2006",
    (name) => `the standard library has no '|${name}'`,
    (_name, nearest) => didYouMean(nearest, "|"),
  ),
  ambiguousName: error<[name: string, forms: string]>(
    "PG2007",
    (name, forms) => `'${name}' stands for more than one thing: ${forms}`,
    "write one of these forms",
  ),
  unknownVariable: error<[name: string, nearest: string | undefined]>(
    "PG2008",
    (name) => `nothing on the way to this line binds '${name}'`,
    (_name, nearest) => didYouMean(nearest),
  ),
  duplicateName: error<[what: string, name: string, place: string]>(
    "PG2009",
    (what, name, place) => `${what} '${name}' is declared already, at ${place}`,
  ),
  unknownEnum: error<[name: string, nearest: string | undefined]>(
    "PG2010",
    (name) => `there is no enumeration '#${name}'`,
    (_name, nearest) => didYouMean(nearest, "#"),
  ),
  unknownMember: error<[name: string, member: string, nearest: string | undefined]>(
    "PG2011",
    (name, member) => `#${name} has no member '${member}'`,
    (_name, _member, nearest) => didYouMean(nearest),
  ),
  unnumberedPart: error<[namespace: string, place: string]>(
    "PG2012",
    (namespace, place) => `the namespace '${namespace}' stands in ${place} as well, so both need a number`,
    "write [@] namespace#1, namespace#2, … in the order in which the files are read",
  ),
  missingPart: error<[namespace: string, part: number]>(
    "PG2013",
    (namespace, part) => `part #${part} of the namespace '${namespace}' is missing`,
    "parts are numbered from 1 without a gap",
  ),
  otherFolder: error<[namespace: string, folder: string]>(
    "PG2014",
    (namespace, folder) => `the namespace '${namespace}' stands in the folder '${folder}' already`,
    "the files of a namespace stand in one folder: move this one, or give it another namespace",
  ),
  unusedImport: warning<[name: string]>(
    "PG2015",
    (name) => `the import '@${name}' is not used`,
    "remove it, or begin its name with '_'",
  ),
  unusedVariable: warning<[name: string]>(
    "PG2016",
    (name) => `the variable '${name}' is not used`,
    "leave the result out, or begin its name with '_'",
  ),
  unknownPath: error<[path: string]>("PG2017", (path) => `there is no .pg file or folder with .pg files at '${path}'`),
  unknownField: error<[name: string, field: string, allowed: string]>(
    "PG2018",
    (name, field) => `'${name}' has no field '${field}'`,
    (_name, _field, allowed) => allowed,
  ),
  librarySpace: error<[name: string]>(
    "PG2019",
    (name) => `'${name}' belongs to the standard library`,
    "choose a name that does not begin as those of the library do",
  ),
  unknownQueue: warning<[name: string]>(
    "PG2020",
    (name) => `no file that is compiled here declares the queue '${name}'`,
  ),
  isWrapper: error<[name: string]>("PG2021", (name) => `'${name}' is a macro: it is applied with [w], not called`),
  calleeInError: error<[name: string, file: string]>(
    "PG2023",
    (name, file) => `'${name}' cannot be used: its file ${file} has errors`,
  ),
  wrongGitImport: error<[message: string]>("PG2025", (message) => message),
  unresolvedImport: warning<[key: string]>(
    "PG2026",
    (key) =>
      `the files of ${key} are not at hand: what is reached through it is not checked, and this file's pipelines cannot be applied`,
  ),
  unknownErrorType: error<[name: string, nearest: string | undefined]>(
    "PG2024",
    (name) => `there is no error type '${name}'`,
    (_name, nearest) => didYouMean(nearest),
  ),
} as const;
