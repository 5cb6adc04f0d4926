import { problems } from "../diagnose/catalogue.ts";
import type { CheckContext } from "./context.ts";

/** Variables of the scope that nothing reads, apart from inputs and names that start with `_`. */
export function reportUnusedVariables(context: CheckContext): void {
  for (const variable of context.scope.own()) {
    if (variable.used || variable.isInput || variable.isUnknown || variable.name.startsWith("_")) continue;
    context.findings.report(problems.unusedVariable, variable.at, variable.name);
  }
}
