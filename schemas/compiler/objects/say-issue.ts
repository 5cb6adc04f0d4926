/** What is wrong with a value, in words: what is allowed, and what stands there. */
import { isMap, isScalar, isSeq } from "yaml";
import type { z } from "zod";

export function sayIssue(issue: z.core.$ZodIssue, value: unknown): string {
  const allowed = sayAllowed(issue);
  return allowed === undefined ? lowerFirst(issue.message) : `must be ${allowed}, got ${sayValue(value)}`;
}

/** Undefined where the schema has words of its own. */
function sayAllowed(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case "invalid_value":
      return joinChoices(issue.values.map(String));
    case "invalid_type":
      return typeNames[issue.expected] ?? issue.expected;
    case "too_small":
      return sayLimit(issue.origin, issue.inclusive === false ? "more than" : "at least", Number(issue.minimum));
    case "too_big":
      return sayLimit(issue.origin, issue.inclusive === false ? "less than" : "at most", Number(issue.maximum));
    case "invalid_format":
      return formatNames[issue.format];
    case "invalid_union":
      return "a value that JSON has";
    case "custom":
    case "invalid_element":
    case "invalid_key":
    case "not_multiple_of":
    case "unrecognized_keys":
      return undefined;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

const formatNames: Readonly<Record<string, string>> = { url: "an address with a scheme", email: "a mail address" };

const measured: Readonly<Record<string, string>> = { array: "a list of ", string: "a text of length " };

function sayLimit(origin: string, comparison: string, limit: number): string {
  return `${measured[origin] ?? ""}${comparison} ${limit}`;
}

function joinChoices(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join("") : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}

function sayValue(value: unknown): string {
  if (isMap(value)) return "a map";
  if (isSeq(value)) return value.items.length === 0 ? "an empty list" : "a list";
  const plain: unknown = isScalar(value) ? value.value : value;
  if (plain === null || plain === undefined) return "nothing";
  return typeof plain === "number" ? String(plain) : JSON.stringify(plain);
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
