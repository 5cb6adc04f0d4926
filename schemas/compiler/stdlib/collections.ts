/** `U.Collection.` Nothing is changed in place. */
import type { LibraryEntry } from "./entry.ts";
import { done, each } from "./utility.ts";

const plain: readonly LibraryEntry[] = [
  done("Collection.Contains", "Whether a list holds a value, a map a key, or a text a part.", {
    takes: "items: any, value: any",
    gives: "answer: bool",
  }),
  done("Collection.IsEmpty", "Whether a list, map or text is empty.", { takes: "items: any", gives: "answer: bool" }),
  done("Collection.Size", "How many items, entries or characters a list, map or text has.", {
    takes: "items: any",
    gives: "size: int",
  }),
  ...each(
    "Collection",
    { takes: "items: any, size: int", gives: "answer: bool" },
    {
      SizeEquals: "Whether a list, map or text has that many items, entries or characters.",
      SizeGreaterThan: "Whether a list, map or text has more items, entries or characters.",
    },
  ),
  ...each(
    "Collection",
    { takes: "items: list", gives: "value: any" },
    {
      First: "The first item of a list; of an empty one it is an error.",
      Last: "The last item of a list; of an empty one it is an error.",
    },
  ),
  done("Collection.Get", "The item of a list by its index from 0, or of a map by its key; none is an error.", {
    takes: "items: any, key: any",
    gives: "value: any",
  }),
  done("Collection.Set", "The list or map with one item set, by its index from 0 or its key.", {
    takes: "items: any, key: any, value: any",
    gives: "items: any",
  }),
  done("Collection.Append", "The list with one more item.", { takes: "items: list, value: any", gives: "items: list" }),
  done("Collection.Sort", "The list in order, equal items as they stood; `by` names a field of items that are maps.", {
    takes: "items: list, by?: string",
    gives: "items: list",
  }),
];

const run =
  '`pipeline` is its name as a literal text, `"@Alias|Name"` if it is imported. Up to `parallel` items (1 to 64, else 1) run at once; the first error in the order of the list counts, and ends the others.';
const takes = "items: list, pipeline: string, parallel?: int";

const byPipeline: readonly LibraryEntry[] = [
  done("Collection.Filter", `The items for which a pipeline gives True. ${run}`, {
    takes,
    gives: "items: list",
    runs: { parameter: "pipeline", inputs: ["item"], output: "pg\\bool" },
  }),
  done("Collection.Map", `What a pipeline gives first for each item, in their order. ${run}`, {
    takes,
    gives: "items: list",
    runs: { parameter: "pipeline", inputs: ["item"], output: "pg\\any" },
  }),
  done(
    "Collection.Reduce",
    'What a pipeline gives first for the last item: its inputs are what it gave for the item before, and the item. It begins with `start`, else with the first item. `pipeline` is its name as a literal text, `"@Alias|Name"` if it is imported.',
    {
      takes: "items: list, pipeline: string, start?: any",
      gives: "value: any",
      runs: { parameter: "pipeline", inputs: ["result", "item"], output: "pg\\any" },
    },
  ),
  done("Collection.ForEach", `Runs a pipeline for each item. ${run}`, {
    takes,
    runs: { parameter: "pipeline", inputs: ["item"] },
  }),
];

export const collections: readonly LibraryEntry[] = [...plain, ...byPipeline];
