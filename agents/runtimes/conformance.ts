/**
 * What every runtime must do, whatever its language. Each case is a fact and a function that throws where it does not
 * hold; a language's folder brings the same functions in `conformance/lib`.
 */
import { errorCases } from "./conformance/errors.ts";
import { functionCases } from "./conformance/functions.ts";
import { outputCases } from "./conformance/output.ts";
import { stoppingCases } from "./conformance/stopping.ts";
import { valueCases } from "./conformance/values.ts";
import type { ConformanceCase } from "./conformance/case.ts";

export const conformanceCases: readonly ConformanceCase[] = [
  ...valueCases,
  ...errorCases,
  ...outputCases,
  ...functionCases,
  ...stoppingCases,
];
