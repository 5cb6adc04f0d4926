/** `|U.State.` Durable values of the pipeline whose text has the step. */
import { define } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";

export const state: Readonly<Record<string, LibraryFunction>> = {
  "U.State.Get": define("key, default", async (given) => {
    const value = await given.context.controller.readState(given.text("key"));
    return value ?? (given.has("default") ? given.any("default") : null);
  }),
  "U.State.Set": define("key, value", async (given) => {
    await given.context.controller.writeState(given.text("key"), given.any("value"));
    return undefined;
  }),
  "U.State.Delete": define("key", async (given) => {
    await given.context.controller.writeState(given.text("key"), undefined);
    return undefined;
  }),
  "U.State.Increment": define("key, by", (given) =>
    given.context.controller.incrementState(given.text("key"), given.has("by") ? given.int("by") : 1),
  ),
};
