/** `|U.Collection.` Lists, maps and texts; nothing is changed in place. */
import type { CanonicalValue } from "@polyglot/contracts";
import { describeKind } from "../convert/describe.ts";
import { isEqual, orderOf } from "./compare-values.ts";
import { define, type Given, Refused } from "./given.ts";
import type { LibraryFunction } from "./library-function.ts";
import { mapOf, pairsOf } from "./maps.ts";

function sizeOf(value: CanonicalValue): number {
  if (typeof value === "string") return Array.from(value).length;
  if (Array.isArray(value)) return value.length;
  const pairs = pairsOf(value);
  if (pairs !== undefined) return pairs.length;
  throw new Refused("ConversionError", `'items' is to be a list, a map or a text, and is ${describeKind(value)}`);
}

function contains(items: CanonicalValue, value: CanonicalValue): boolean {
  if (typeof items === "string") return typeof value === "string" && items.includes(value);
  if (Array.isArray(items)) return items.some((item: CanonicalValue) => isEqual(item, value));
  sizeOf(items);
  return pairsOf(items)?.some(([key]) => isEqual(key, value)) ?? false;
}

/** Of a list by its index from 0, of a map by its key. */
function get(items: CanonicalValue, key: CanonicalValue): CanonicalValue {
  const found = Array.isArray(items)
    ? (items as CanonicalValue[])[indexIn(items, key)]
    : pairsOf(items)?.find(([name]) => isEqual(name, key))?.[1];
  if (found !== undefined) return found;
  if (!Array.isArray(items)) sizeOf(items);
  throw new Refused("RuntimeError", `nothing is there under ${JSON.stringify(key).slice(0, 100)}`);
}

function indexIn(items: readonly CanonicalValue[], key: CanonicalValue): number {
  if (typeof key === "number" && Number.isInteger(key) && key >= 0 && key < items.length) return key;
  const shown = JSON.stringify(key).slice(0, 100);
  throw new Refused("RuntimeError", `${shown} is no index of a list of ${items.length}: they count from 0`);
}

function set(items: CanonicalValue, key: CanonicalValue, value: CanonicalValue): CanonicalValue {
  if (Array.isArray(items)) return (items as CanonicalValue[]).with(indexIn(items, key), value);
  const pairs = pairsOf(items);
  if (pairs === undefined) {
    throw new Refused("ConversionError", `'items' is to be a list or a map, and is ${describeKind(items)}`);
  }
  const at = pairs.findIndex(([name]) => isEqual(name, key));
  return mapOf(at === -1 ? [...pairs, [key, value]] : pairs.with(at, [key, value]));
}

/** Stable; `by` names a field of the items, which are then maps. */
function sort(given: Given): CanonicalValue {
  const by = given.has("by") && given.any("by") !== null ? given.text("by") : undefined;
  const keyOf = (item: CanonicalValue): CanonicalValue => (by === undefined ? item : get(item, by));
  return given.list("items").toSorted((a, b) => {
    const order = orderOf(keyOf(a), keyOf(b));
    if (order === undefined) throw new Refused("ConversionError", "the items have no order among each other");
    return order;
  });
}

function endOf(given: Given, at: 0 | -1): CanonicalValue {
  const found = given.list("items").at(at);
  if (found === undefined) throw new Refused("RuntimeError", "the list is empty");
  return found;
}

export const collections: Readonly<Record<string, LibraryFunction>> = {
  "U.Collection.Contains": define("items, value", (given) => contains(given.any("items"), given.any("value"))),
  "U.Collection.IsEmpty": define("items", (given) => sizeOf(given.any("items")) === 0),
  "U.Collection.Size": define("items", (given) => sizeOf(given.any("items"))),
  "U.Collection.SizeEquals": define("items, size", (given) => sizeOf(given.any("items")) === given.int("size")),
  "U.Collection.SizeGreaterThan": define("items, size", (given) => sizeOf(given.any("items")) > given.int("size")),
  "U.Collection.First": define("items", (given) => endOf(given, 0)),
  "U.Collection.Last": define("items", (given) => endOf(given, -1)),
  "U.Collection.Get": define("items, key", (given) => get(given.any("items"), given.any("key"))),
  "U.Collection.Set": define("items, key, value", (given) =>
    set(given.any("items"), given.any("key"), given.any("value")),
  ),
  "U.Collection.Append": define("items, value", (given) => [...given.list("items"), given.any("value")]),
  "U.Collection.Sort": define("items, by", sort),
};
