/**
 * Values of inputs as a person types them, read by the type that the pipeline declares. What cannot be read as its type
 * stays text, so that the check that follows names the input, its type and the value seen.
 */
import { type CanonicalValue, parseTypeName, type TypeName, tagOf } from "@polyglot/contracts";

/** Reads the file behind a value `@PATH`, where the type is bytes. */
export type ReadFile = (path: string) => Uint8Array;

/** `text` is what follows `name=` on a command line. */
export function readText(type: string, text: string, readFile: ReadFile): CanonicalValue {
  const parsed = parseTypeName(type);
  return parsed === undefined ? text : fromText(parsed, text, readFile);
}

/** `value` comes from a JSON or YAML file: its numbers, lists and maps are there already, dates and the like are text. */
export function readJson(type: string, value: CanonicalValue): CanonicalValue {
  const parsed = parseTypeName(type);
  return parsed === undefined ? value : fromJson(parsed, value);
}

type Reader = (text: string, type: TypeName, readFile: ReadFile) => CanonicalValue | undefined;

const readers: Readonly<Record<string, Reader>> = {
  text: (text) => text,
  int: readInt,
  float: readFloat,
  number: (text) => readInt(text) ?? readFloat(text),
  bool: (text) => ({ true: true, false: false })[text.toLowerCase()],
  bytes: (text, _type, readFile) => ({ $bytes: toBase64(text.startsWith("@") ? readFile(text.slice(1)) : text) }),
  datetime: readDatetime,
  duration: readDuration,
  enum: (text) => ({ $enum: text }),
  range: readRange,
  structure: readStructure,
  anything: (text, type) => readStructure(text, type) ?? text,
};

const readersByName: Readonly<Record<string, keyof typeof readers>> = {
  ...named("text", ["string", "str", "String", "&str"]),
  ...named("int", ["int", "bigint", "long", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"]),
  ...named("float", ["float", "double", "f32", "f64"]),
  ...named("number", ["number"]),
  ...named("bool", ["bool", "boolean"]),
  ...named("bytes", ["bytes", "Uint8Array"]),
  ...named("datetime", ["datetime", "Date"]),
  ...named("duration", ["duration"]),
  ...named("enum", ["Enum"]),
  ...named("range", ["range"]),
  ...named("structure", ["list", "tuple", "set", "Array", "Vec", "vector", "array", "dict", "map", "HashMap"]),
};

function named(reader: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reader]));
}

function fromText(type: TypeName, text: string, readFile: ReadFile): CanonicalValue {
  const inner = type.arguments[0];
  if (isOptional(type) && typeof inner === "object") {
    return /^(?:null|None)$/.test(text) ? null : fromText(inner, text, readFile);
  }
  const reader = readers[readersByName[type.name] ?? "anything"];
  return reader?.(text, type, readFile) ?? text;
}

const isOptional = (type: TypeName): boolean => type.name === "Option" || type.name === "optional";

function fromJson(type: TypeName, value: CanonicalValue): CanonicalValue {
  if (value === null || tagOf(value) !== undefined) return value;
  if (Array.isArray(value)) return value.map((item: CanonicalValue) => fromArgument(type.arguments[0], item));
  if (isOptional(type)) return fromArgument(type.arguments[0], value);
  const reader = readersByName[type.name];
  if (typeof value === "number") return reader === "float" ? (readFloat(String(value)) ?? value) : value;
  const isWritten = reader === "datetime" || reader === "duration" || reader === "enum" || reader === "range";
  if (typeof value === "string" && isWritten) return readers[reader]?.(value, type, noFile) ?? value;
  return value;
}

const noFile: ReadFile = () => new Uint8Array();

const fromArgument = (type: TypeName | number | undefined, value: CanonicalValue): CanonicalValue =>
  typeof type === "object" ? fromJson(type, value) : value;

function readInt(text: string): CanonicalValue | undefined {
  if (!/^[+-]?\d[\d_]*$/.test(text)) return undefined;
  const digits = text.replace(/[_+]/g, "");
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : { $int: String(BigInt(digits)) };
}

/** A float that is integral says so by its tag: `1` alone is an int. */
function readFloat(text: string): CanonicalValue | undefined {
  if (/^(?:NaN|-?Infinity)$/.test(text)) return { $float: text };
  if (!/^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return undefined;
  const number = Number(text.replace(/_/g, ""));
  if (Object.is(number, -0)) return { $float: "-0" };
  return Number.isInteger(number) ? { $float: String(number) } : number;
}

/** ISO 8601; a date alone is midnight UTC. */
function readDatetime(text: string): CanonicalValue | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : { $datetime: time.toISOString().replace(".000Z", "Z") };
}

const secondsPerUnit: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** `90`, `1.5s`, `5m`, `2h`, `3d`. */
function readDuration(text: string): CanonicalValue | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text) ?? [];
  return amount === undefined
    ? undefined
    : { $duration: { months: 0, seconds: Number(amount) * (secondsPerUnit[unit] ?? 1) } };
}

/** `1..5`, `..5`, `1..`: both ends inside. */
function readRange(text: string): CanonicalValue | undefined {
  const [, low, high] = /^(-?[\d.]*?)\.\.(-?[\d.]*)$/.exec(text) ?? [];
  if (low === undefined || high === undefined) return undefined;
  return { $range: [low, high].map((end) => (end === "" ? null : Number(end))) };
}

function readStructure(text: string, type: TypeName): CanonicalValue | undefined {
  try {
    return fromJson(type, JSON.parse(text) as CanonicalValue);
  } catch {
    return undefined;
  }
}

const toBase64 = (bytes: string | Uint8Array): string => Buffer.from(bytes as string).toString("base64");
