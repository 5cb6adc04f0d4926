/** `|U.Secret.` Values that the controller hands to a step, and that leave the execution by no other way. */
import { define } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";

export const secrets: Readonly<Record<string, LibraryFunction>> = {
  "U.Secret.Get": define("name", (given) => given.context.controller.getSecret(given.text("name"))),
};
