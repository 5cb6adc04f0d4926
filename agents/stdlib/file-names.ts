/** What a path says without a look at the disk. */
import { extname } from "node:path";
import { define } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";

export const fileNames: Readonly<Record<string, LibraryFunction>> = {
  "U.System.File.Extension": define("path", (given) => extname(given.text("path"))),
};
