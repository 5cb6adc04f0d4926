/** `|U.Cache.` Values of the namespace that may be forgotten at any time. */
import { define, type Given, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";

function validMs(given: Given): number {
  if (!given.has("for")) return 0;
  const seconds = given.seconds("for");
  if (seconds > 0) return seconds * 1000;
  throw new Refused("ValidationError", `'for' is to be longer than nothing, and is ${seconds} s`);
}

export const cache: Readonly<Record<string, LibraryFunction>> = {
  "U.Cache.Get": define("key, default", async (given) => {
    const value = await given.context.controller.readCache(given.text("key"));
    return value ?? (given.has("default") ? given.any("default") : null);
  }),
  "U.Cache.Set": define("key, value, for", async (given) => {
    await given.context.controller.writeCache(given.text("key"), given.any("value"), validMs(given));
    return undefined;
  }),
};
