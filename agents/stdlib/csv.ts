/** `|U.Csv.`: tables in text, as RFC 4180 has them. Every field is text: nobody knows better what `007` is. */
import type { CanonicalValue } from "@polyglot/contracts";
import { parse as read } from "csv-parse/sync";
import { stringify as write } from "csv-stringify/sync";
import { describeKind } from "../convert/describe.ts";
import { define, type Given, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";
import { mapOf, pairsOf } from "./maps.ts";
import { textOfValue } from "./text-of-value.ts";

/** Characters of a table: it is read at once, and the agent waits meanwhile. */
const maxTextLength = 8 * 2 ** 20;

function parse(given: Given): CanonicalValue {
  const text = given.text("text");
  if (text.length > maxTextLength) {
    throw new Refused("ValidationError", `'text' has ${text.length} characters; at most ${maxTextLength} are read`);
  }
  const rows = readRows(text, delimiterOf(given));
  if (!hasHeader(given)) return rows;
  const [header = [], ...rest] = rows;
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw new Refused("ConversionError", `the header has two columns '${twice.slice(0, 100)}'`);
  return rest.map((row) => mapOf(header.map((name, index) => [name, row[index] ?? ""])));
}

/** Lists of fields rather than objects: a column may have any name. */
function readRows(text: string, delimiter: string): string[][] {
  try {
    return read(text, { delimiter, bom: true, skip_empty_lines: true });
  } catch (error) {
    throw new Refused("ConversionError", `the text is no table: ${(error as Error).message}`);
  }
}

function delimiterOf(given: Given): string {
  const delimiter = given.has("delimiter") ? given.text("delimiter") : ",";
  if (Array.from(delimiter).length === 1 && !/["\r\n]/.test(delimiter)) return delimiter;
  const shown = JSON.stringify(delimiter.slice(0, 20));
  throw new Refused("ValidationError", `'delimiter' is one character, no quote and no line end; got ${shown}`);
}

const hasHeader = (given: Given): boolean => !given.has("header") || given.bool("header");

/** Maps give the columns that any of them has, in the order in which they come; lists are written as they are. */
function stringify(given: Given): CanonicalValue {
  const rows = given.list("rows");
  const maps = rows.map(pairsOf);
  const columns = columnsOf(maps);
  const table = rows.map((row, index) => {
    const pairs = maps[index];
    if (pairs === undefined) return fieldsOf(row, index, columns);
    const fields = new Map(pairs.map(([name, value]) => [nameOf(name), value]));
    return columns.map((name) => fieldOf(fields.get(name) ?? null));
  });
  const isNamed = columns.length > 0 && hasHeader(given);
  return write(isNamed ? [columns, ...table] : table, { delimiter: delimiterOf(given) });
}

function columnsOf(maps: readonly ReturnType<typeof pairsOf>[]): string[] {
  return [...new Set(maps.flatMap((pairs) => pairs?.map(([name]) => nameOf(name)) ?? []))];
}

function fieldsOf(row: CanonicalValue, index: number, columns: readonly string[]): string[] {
  if (Array.isArray(row) && columns.length === 0) return row.map(fieldOf);
  const wanted = columns.length === 0 ? "a map or a list" : "a map, as the others are";
  throw new Refused("ConversionError", `'rows'[${index}] is to be ${wanted}, and is ${describeKind(row)}`);
}

function nameOf(name: CanonicalValue): string {
  if (typeof name === "string") return name;
  throw new Refused("ConversionError", `a column's name is to be a text, and is ${describeKind(name)}`);
}

/** None is an empty field. */
function fieldOf(value: CanonicalValue): string {
  if (value === null) return "";
  const text = textOfValue(value);
  if (text.kind === "text") return text.text;
  throw new Refused("ConversionError", `${text.what} has no form in a table`);
}

export const csv: Readonly<Record<string, LibraryFunction>> = {
  "U.Csv.Parse": define("text, delimiter, header", parse),
  "U.Csv.Stringify": define("rows, delimiter, header", stringify),
};
