/** `U.String.`, and texts that hold values. Characters are code points. */
import type { LibraryEntry } from "./entry.ts";
import { done, each } from "./utility.ts";

const strings: readonly LibraryEntry[] = [
  ...each(
    "String",
    { takes: "text: string, part: string", gives: "answer: bool" },
    {
      Contains: "Whether a text holds another, case and all.",
      StartsWith: "Whether a text begins with another.",
      EndsWith: "Whether a text ends with another.",
    },
  ),
  done(
    "String.Matches",
    "Whether a pattern of RE2 is found anywhere in a text of at most 1,048,576 characters; `^…$` asks for all of it. Look-around and back references are not there: no pattern takes longer than the text is long.",
    { takes: "text: string, pattern: string", gives: "answer: bool" },
  ),
  done("String.IsEmpty", "Whether a text has no characters; white space is one.", {
    takes: "text: string",
    gives: "answer: bool",
  }),
  ...each(
    "String",
    { takes: "text: string", gives: "text: string" },
    {
      Normalize: "The text in Unicode's form NFC.",
      ToUpperCase: "The text in capital letters, as Unicode has them for all languages.",
      ToLowerCase: "The text in small letters, as Unicode has them for all languages.",
      Trim: "The text without white space and line ends at both ends.",
    },
  ),
  done("String.Split", "The parts of a text between the separators; an empty separator gives the characters.", {
    takes: "text: string, separator: string",
    gives: "parts: list",
  }),
  done("String.Join", 'The parts as one text, each as in `"{…}"`, with the separator between them.', {
    takes: "parts: list, separator?: string",
    gives: "text: string",
  }),
  done("String.Replace", "The text with every place of a part replaced.", {
    takes: "text: string, part: string, by: string",
    gives: "text: string",
  }),
  done("String.Format", "The text with `{name}` and `{0}` replaced by the values of a map or a list.", {
    takes: "text: string, values: any",
    gives: "text: string",
  }),
  done("String.Length", "The number of characters.", { takes: "text: string", gives: "length: int" }),
];

const parse = { takes: "text: string", gives: "value: any" };
const stringify = { takes: "value: any", gives: "text: string" };

const formats: readonly LibraryEntry[] = [
  done(
    "Json.Parse",
    "The value of a text in JSON of at most 4,194,304 characters. Ints stay ints, of any length, and floats stay floats.",
    parse,
  ),
  done("Json.Stringify", "The value as JSON on one line; what JSON lacks is written as text.", stringify),
  done("Json.Get", "A part of a value by names and indexes from 0 with dots between: `rows.0.name`.", {
    takes: "value: any, path: string",
    gives: "value: any",
  }),
  done(
    "Yaml.Parse",
    "The value of one document in YAML 1.2 (core schema) of at most 131,072 characters. Dates stay text, `yes` and `no` too; an anchor may be used 100 times.",
    parse,
  ),
  done(
    "Yaml.Stringify",
    "The value as a document in YAML 1.2, of at most 50,000 values; times and enum members are written as text.",
    stringify,
  ),
  done(
    "Csv.Parse",
    "The rows of a table of at most 8,388,608 characters: a map for each, by the names in its first line, or a list where `header` is False. Fields stay text, numbers too; empty lines are passed over.",
    { takes: "text: string, delimiter?: string, header?: bool", gives: "rows: list" },
  ),
  done(
    "Csv.Stringify",
    "Rows as a table: maps under a line of their names (not where `header` is False), or lists as they are. None is an empty field.",
    { takes: "rows: list, delimiter?: string, header?: bool", gives: "text: string" },
  ),
];

export const text: readonly LibraryEntry[] = [...strings, ...formats];
