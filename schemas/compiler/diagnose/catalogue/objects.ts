import { didYouMean, error, warning } from "../problem.ts";

export const objectProblems = {
  invalidYaml: error<[message: string]>("PG7001", (message) => message),
  unknownKind: error<[kind: string, nearest: string | undefined, known: readonly string[]]>(
    "PG7002",
    (kind) => `there is no kind '${kind}'`,
    (_kind, nearest, known) => didYouMean(nearest) ?? `kinds are ${known.join(", ")}`,
  ),
  invalidField: error<[field: string, message: string, nearest: string | undefined]>(
    "PG7003",
    (field, message) => `${field}: ${message}`,
    (_field, _message, nearest) => didYouMean(nearest),
  ),
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
  fieldNotImplemented: warning<[field: string]>(
    "PG7011",
    (field) => `${field} is not acted on yet, so this object can be validated but not applied`,
  ),
  danglingReference: error<[field: string, target: string, name: string, nearest: string | undefined]>(
    "PG7008",
    (field, target, name) => `${field}: no file that is compiled here declares the ${target} '${name}'`,
    (_field, _target, _name, nearest) => didYouMean(nearest),
  ),
  undeclaredObject: warning<[target: string, name: string, nearest: string | undefined]>(
    "PG7010",
    (target, name) => `no file that is compiled here declares the ${target} '${name}'`,
    (_target, _name, nearest) => didYouMean(nearest),
  ),
  missingField: error<[field: string]>("PG7009", (field) => `${field} is missing`),
} as const;
