import { didYouMean, error } from "../problem.ts";

export const objectProblems = {
  invalidYaml: error<[message: string]>("PG7001", (message) => message),
  unknownKind: error<[kind: string, nearest: string | undefined]>(
    "PG7002",
    (kind) => `there is no kind '${kind}'`,
    (_kind, nearest) => didYouMean(nearest),
  ),
  invalidField: error<[field: string, message: string]>("PG7003", (field, message) => `${field}: ${message}`),
  unknownObjectField: error<[field: string, nearest: string | undefined]>(
    "PG7004",
    (field) => `there is no field '${field}' here`,
    (_field, nearest) => didYouMean(nearest),
  ),
  duplicateObject: error<[kind: string, name: string, place: string]>(
    "PG7005",
    (kind, name, place) => `${kind} '${name}' is declared already, at ${place}`,
  ),
  tooManyAliases: error<[limit: number]>("PG7006", (limit) => `a document may use at most ${limit} aliases`),
} as const;
