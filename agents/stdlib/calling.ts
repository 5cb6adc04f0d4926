/** `|U.Call`: another execution, beside this one. */
import { define } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";

export const calling: Readonly<Record<string, LibraryFunction>> = {
  "U.Call": define("pipeline, inputs", (given) =>
    given.context.controller.startExecution(given.text("pipeline"), given.has("inputs") ? given.any("inputs") : {}),
  ),
};
