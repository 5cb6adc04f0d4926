import { type CanonicalValue, kindOfValue } from "@polyglot/contracts";

const names: Readonly<Record<ReturnType<typeof kindOfValue>, string>> = {
  none: "None",
  bool: "a boolean",
  int: "an int",
  float: "a float",
  string: "a text",
  list: "a list",
  map: "a map",
  $int: "an int",
  $float: "a float",
  $bytes: "bytes",
  $datetime: "a date-time",
  $duration: "a duration",
  $enum: "an enum member",
  $range: "a range",
  $handle: "a handle",
  $map: "a map",
};

/** The kind of a value for a person; never its content, which may be large or secret. */
export const describeKind = (value: CanonicalValue): string => names[kindOfValue(value)];
