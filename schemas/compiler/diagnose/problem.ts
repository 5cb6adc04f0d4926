import type { Severity } from "./diagnostic.ts";

/** One entry of the catalogue. The details are what its message names. */
export interface Problem<Details extends readonly unknown[]> {
  readonly code: string;
  readonly severity: Severity;
  readonly message: (...details: Details) => string;
  readonly hint?: (...details: Details) => string | undefined;
}

type Text<Details extends readonly unknown[]> = string | ((...details: Details) => string | undefined);

export function error<Details extends readonly unknown[] = []>(
  code: string,
  message: string | ((...details: Details) => string),
  hint?: Text<Details>,
): Problem<Details> {
  return problem("error", code, message, hint);
}

export function warning<Details extends readonly unknown[] = []>(
  code: string,
  message: string | ((...details: Details) => string),
  hint?: Text<Details>,
): Problem<Details> {
  return problem("warning", code, message, hint);
}

function problem<Details extends readonly unknown[]>(
  severity: Severity,
  code: string,
  message: string | ((...details: Details) => string),
  hint: Text<Details> | undefined,
): Problem<Details> {
  return {
    code,
    severity,
    message: typeof message === "string" ? () => message : message,
    ...(hint === undefined ? {} : { hint: typeof hint === "string" ? () => hint : hint }),
  };
}

/** The hint for a name that is near one that exists; `mark` is what stands before such names. */
export function didYouMean(nearest: string | undefined, mark = ""): string | undefined {
  return nearest === undefined ? undefined : `did you mean '${mark}${nearest}'?`;
}
