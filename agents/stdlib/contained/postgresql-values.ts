/**
 * PostgreSQL's types and ours. Values come as text and are read by their type; types that are not named here stay text
 * (uuid, time, network addresses, enums of the database), and so does `numeric`, whose decimals no float has.
 */
import { type CanonicalValue, kindOfValue } from "@polyglot/contracts";
import { types } from "pg";
import { parse as splitArray } from "postgres-array";
import { canonicalFloat, canonicalInt } from "../../convert/numbers.ts";
import { instantOf, nanosecondsOf } from "../instant.ts";
import { parseJson } from "../json.ts";
import { contentOf, memberOf, wordOf } from "../tagged.ts";
import { parameterText } from "./parameter-text.ts";

type Read = (text: string) => CanonicalValue;

const int: Read = (text) => canonicalInt(BigInt(text));
const float: Read = (text) => canonicalFloat(Number(text));
const bytes: Read = (text) => ({ $bytes: Buffer.from(text.slice(2), "hex").toString("base64") });
const json: Read = (text) => parseJson(text);
const bool: Read = (text) => text === "t";

/** `2026-01-15 10:30:00.5+01:30`, a date, or a time without a zone, which is taken as UTC. */
const moment = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(\.\d+)?)?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?$/;

/** Infinity and years that we cannot write stay text. */
const datetime: Read = (text) => {
  const parts = moment.exec(text);
  if (parts === null) return text;
  const [, date = "", time = "00:00:00", fraction = "", sign, hours = "0", minutes = "0", seconds = "0"] = parts;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const east = BigInt(sign === "-" ? -offset : offset) * 1_000_000_000n;
  return { $datetime: instantOf(nanosecondsOf(`${date}T${time}${fraction}Z`) - east) };
};

/** Days have 24 hours; months stay months. */
const duration: Read = (text) => {
  const parts = readInterval(text) as Partial<
    Record<"years" | "months" | "days" | "hours" | "minutes" | "seconds" | "milliseconds", number>
  >;
  const { years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 } = parts;
  const whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  return { $duration: { months: years * 12 + months, seconds: whole + milliseconds / 1000 } };
};

const readInterval = types.getTypeParser(types.builtins.INTERVAL) as (text: string) => unknown;

/** By the numbers of the type and of its array, which are the same in every PostgreSQL. */
const typesRead: readonly (readonly [oid: number, arrayOid: number, read: Read])[] = [
  [16, 1000, bool],
  [17, 1001, bytes],
  [20, 1016, int],
  [21, 1005, int],
  [23, 1007, int],
  [26, 1028, int],
  [114, 199, json],
  [700, 1021, float],
  [701, 1022, float],
  [1082, 1182, datetime],
  [1114, 1115, datetime],
  [1184, 1185, datetime],
  [1186, 1187, duration],
  [3802, 3807, json],
];
const textArrays = [1002, 1003, 1009, 1014, 1015, 1041, 1183, 1231, 1270, 2951];

const arrayOf =
  (read: Read): Read =>
  (text) =>
    splitArray(text, (element) => element).map((element) => elementOf(element, read));

/** Arrays of several dimensions are lists of lists. */
function elementOf(element: unknown, read: Read): CanonicalValue {
  if (Array.isArray(element)) return element.map((inner) => elementOf(inner, read));
  return element === null ? null : read(element as string);
}

const readers: ReadonlyMap<number, Read> = new Map([
  ...typesRead.flatMap(([oid, arrayOid, read]) => [[oid, read] as const, [arrayOid, arrayOf(read)] as const]),
  ...textArrays.map((oid) => [oid, arrayOf((text) => text)] as const),
]);

/** `text`: as PostgreSQL wrote it. */
export function valueOfPostgres(text: string | null, oid: number): CanonicalValue {
  if (text === null) return null;
  const read = readers.get(oid);
  return read === undefined ? text : read(text);
}

/** A parameter as text, whose type the statement decides, or bytes. Lists are arrays, maps are JSON. */
export function parameterOfPostgres(value: CanonicalValue, index: number): string | Buffer | null {
  if (value === null) return null;
  const base64 = wordOf(value, "$bytes");
  return base64 === undefined ? textOfParameter(value, index) : Buffer.from(base64, "base64");
}

function textOfParameter(value: CanonicalValue, index: number): string {
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `{${value.map((item: CanonicalValue) => elementText(item, index)).join(",")}}`;
  if (typeof value === "string") return value;
  const digits = wordOf(value, "$float") ?? wordOf(value, "$int");
  if (digits !== undefined) return digits;
  const enumMember = contentOf(value, "$enum") === undefined ? undefined : memberOf(value);
  if (enumMember !== undefined) return enumMember;
  return parameterText(value, isMap(value), index);
}

const isMap = (value: CanonicalValue): boolean =>
  typeof value === "object" && (kindOfValue(value) === "map" || kindOfValue(value) === "$map");

function elementText(item: CanonicalValue, index: number): string {
  if (item === null) return "NULL";
  if (Array.isArray(item)) return textOfParameter(item, index);
  const base64 = wordOf(item, "$bytes");
  const text =
    base64 === undefined ? textOfParameter(item, index) : `\\x${Buffer.from(base64, "base64").toString("hex")}`;
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
