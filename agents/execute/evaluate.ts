/** A closed interpreter over the plan's expressions: it reads variables and builds values, and calls nothing. */
import { type CanonicalValue, type Expression, kindOfValue, tagOf } from "@polyglot/contracts";
import type { Value } from "../convert/held-value.ts";
import type { RaisedError } from "../runtimes/native-call.ts";
import { raised } from "./raised.ts";
import type { Scope } from "./scope.ts";
import { textOfValue } from "../stdlib/text-of-value.ts";

export type Evaluated =
  | { readonly kind: "value"; readonly value: CanonicalValue }
  | { readonly kind: "error"; readonly error: RaisedError };

export type Found = { readonly kind: "value"; readonly value: Value } | Extract<Evaluated, { kind: "error" }>;

/** A whole variable stays as it came: who only hands it on has no need to read it. */
export function evaluateHeld(expression: Expression, scope: Scope): Found {
  const held = expression.kind === "variable" && expression.path.length === 0 ? scope.held(expression.name) : undefined;
  return held === undefined ? evaluate(expression, scope) : { kind: "value", value: held };
}

export function evaluate(expression: Expression, scope: Scope): Evaluated {
  switch (expression.kind) {
    case "literal":
      return { kind: "value", value: expression.value };
    case "variable":
      return read(expression.name, expression.path, scope);
    case "text":
      return interpolate(expression.parts, scope);
    case "list":
      return evaluateAll(expression.items, scope);
    case "map":
      return evaluateMap(expression.entries, scope);
  }
}

function read(name: string, path: readonly string[], scope: Scope): Evaluated {
  let value = scope.get(name);
  if (value === undefined) {
    return problem(`variable '${name}' has no value: no line that binds it has run`);
  }
  let seen = name;
  for (const field of path) {
    const inner = fieldOf(value, field);
    if (inner === undefined) return problem(missingField(seen, value, field));
    seen = `${seen}.${field}`;
    value = inner;
  }
  return { kind: "value", value };
}

function fieldOf(value: CanonicalValue, field: string): CanonicalValue | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const map = value as Readonly<Record<string, CanonicalValue>>;
  const tag = tagOf(value);
  if (tag === undefined) return Object.hasOwn(map, field) ? map[field] : undefined;
  if (tag !== "$map") return undefined;
  return (map.$map as [CanonicalValue, CanonicalValue][]).find(([key]) => key === field)?.[1];
}

function missingField(seen: string, value: CanonicalValue, field: string): string {
  const kind = kindOfValue(value);
  return kind === "map" || kind === "$map"
    ? `'${seen}' has no field '${field}'`
    : `'${seen}' is a ${kind.replace("$", "")} and has no fields; '${field}' was asked of it`;
}

function interpolate(parts: readonly (string | { name: string; path: string[] })[], scope: Scope): Evaluated {
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const found = read(part.name, part.path, scope);
    if (found.kind === "error") return found;
    const inner = textOfValue(found.value);
    if (inner.kind === "untextual") {
      const error = `'${[part.name, ...part.path].join(".")}' is or holds ${inner.what}, which has no form in text`;
      return { kind: "error", error: raised("ConversionError", error) };
    }
    text += inner.text;
  }
  return { kind: "value", value: text };
}

function evaluateAll(items: readonly Expression[], scope: Scope): Evaluated {
  const values: CanonicalValue[] = [];
  for (const item of items) {
    const found = evaluate(item, scope);
    if (found.kind === "error") return found;
    values.push(found.value);
  }
  return { kind: "value", value: values };
}

/** A key with a leading `$` would read as a tag, so such a map is written as a list of pairs. */
function evaluateMap(entries: readonly (readonly [string, Expression])[], scope: Scope): Evaluated {
  const pairs: [string, CanonicalValue][] = [];
  for (const [key, item] of entries) {
    const found = evaluate(item, scope);
    if (found.kind === "error") return found;
    pairs.push([key, found.value]);
  }
  const tagged = pairs.some(([key]) => key.startsWith("$"));
  return { kind: "value", value: tagged ? { $map: pairs } : Object.fromEntries(pairs) };
}

const problem = (message: string): Evaluated => ({ kind: "error", error: raised("RuntimeError", message) });
