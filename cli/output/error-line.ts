import type { ExecutionError } from "@polyglot/contracts/service";

/** `py\!KeyError: 'amount' (pipeline.pg:12:5)`, with the step where the place is not known. */
export function errorLine(error: ExecutionError): string {
  const { position, step } = error;
  const place = position === undefined ? step : `${position.file}:${position.line}:${position.column}`;
  return `${error.type}: ${error.message}${place === "" ? "" : ` (${place})`}`;
}
