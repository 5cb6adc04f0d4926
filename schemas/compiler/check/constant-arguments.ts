/** Arguments of `[t]` and `[Q]`: literals, and inputs with a default, because they are known before any activation. */
import { type CanonicalValue, type Expression, isFileWatch } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { sizes } from "../source/sizes.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import { conditionOptions, eventOptions, openEventOptions } from "../stdlib/triggers.ts";
import type { CallNode, ValueNode, VariableNode } from "../syntax/tree.ts";
import { matchArguments, type Parameter } from "./arguments.ts";
import type { CheckContext } from "./context.ts";
import { chooseParameters } from "./library-parameters.ts";
import { canonicalMap } from "./literal.ts";
import { anyType } from "./types.ts";

/** By parameter name. What is in error is reported and has no value. */
export function constantArguments(
  node: CallNode,
  entry: LibraryEntry,
  context: CheckContext,
): Record<string, CanonicalValue> {
  const parameters = [...chooseParameters(node, entry), ...optionsOf(node, entry, context)];
  const taker = { text: `|${node.name.text}`, at: node.name, parameters };
  const values: Record<string, CanonicalValue> = {};
  for (const item of node.io) if (item.kind === "argument") reportUnknownInputs(item.value, context);
  for (const { name, value } of matchArguments(node.io, taker, context)) {
    const size = sizeOf(value, context);
    if (size > sizes.constantCharacters) {
      const what = name === undefined ? "the argument" : `'${name}'`;
      context.findings.report(problems.tooLarge, node, what, size, "characters", sizes.constantCharacters);
      continue;
    }
    const known = valueOf(value, context);
    if (name !== undefined && known !== undefined) values[name] = known;
  }
  return values;
}

/** What every event trigger takes by name, or every condition. */
function optionsOf(node: CallNode, entry: LibraryEntry, context: CheckContext): Parameter[] {
  if (entry.kind === "condition") return conditionOptions.map(namedOption);
  if (entry.kind !== "event" || entry.givesInputs) return [];
  for (const item of node.io) {
    const name = item.kind === "argument" ? item.name : undefined;
    if (name === undefined || !openEventOptions.has(name.text)) continue;
    context.unimplemented.add(`${entry.name} << ${name.text}`);
    context.findings.report(problems.notImplemented, name, `${node.name.text} << ${name.text}: …`);
  }
  const own = isFileWatch(entry.name) ? ["poll"] : [];
  return [...eventOptions, ...own].map(namedOption);
}

const namedOption = (name: string): Parameter => ({ name, type: anyType, isOptional: true, isNamedOnly: true });

function reportUnknownInputs(value: ValueNode, context: CheckContext): void {
  for (const variable of variablesIn(value)) {
    const known = context.scope.variable(variable.name);
    const isKnown = known?.constant !== undefined && variable.path.length === 0;
    if (known !== undefined && !isKnown) context.findings.report(problems.notKnownBefore, variable, variable.name);
  }
}

export function variablesIn(value: ValueNode): VariableNode[] {
  if (value.kind === "variable") return [value];
  if (value.kind === "string") return value.parts.filter((part) => typeof part !== "string");
  if (value.kind === "list") return value.items.flatMap(variablesIn);
  return value.kind === "map" ? value.entries.flatMap((entry) => variablesIn(entry.value)) : [];
}

/** Characters that the value has once its inputs are put in, before any is: each may be put in often. */
function sizeOf(value: Expression, context: CheckContext): number {
  const inputSize = (name: string): number => context.scope.variable(name)?.size ?? 1;
  switch (value.kind) {
    case "literal":
      return sizeOfValue(value.value);
    case "variable":
      return inputSize(value.name);
    case "text":
      return sumOf(value.parts, (part) => (typeof part === "string" ? part.length : inputSize(part.name)));
    case "list":
      return sumOf(value.items, (item) => sizeOf(item, context));
    case "map":
      return sumOf(value.entries, ([key, item]) => key.length + sizeOf(item, context));
  }
}

/** Characters of its texts, and one for every other value in it. */
export function sizeOfValue(value: CanonicalValue): number {
  if (typeof value === "string") return Math.max(1, value.length);
  if (Array.isArray(value)) return 1 + sumOf(value, sizeOfValue);
  if (typeof value !== "object" || value === null) return 1;
  return 1 + sumOf(Object.entries(value), ([key, item]) => key.length + sizeOfValue(item));
}

const sumOf = <Item>(items: readonly Item[], size: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + size(item), 0);

function valueOf(value: Expression, context: CheckContext): CanonicalValue | undefined {
  switch (value.kind) {
    case "literal":
      return value.type === anyType ? undefined : value.value;
    case "variable":
      return context.scope.variable(value.name)?.constant;
    case "text":
      return textOf(value.parts, context);
    case "list":
      return allKnown(value.items.map((item) => valueOf(item, context)));
    case "map": {
      const values = allKnown(value.entries.map(([, item]) => valueOf(item, context)));
      return values && canonicalMap(value.entries.map(([key], index) => [key, values[index] ?? null]));
    }
  }
}

function allKnown(values: readonly (CanonicalValue | undefined)[]): CanonicalValue[] | undefined {
  const known = values.filter((item) => item !== undefined);
  return known.length === values.length ? known : undefined;
}

/** Texts and numbers have a text form that is the same everywhere. */
function textOf(parts: (Expression & { kind: "text" })["parts"], context: CheckContext): string | undefined {
  const texts = parts.map((part) => {
    const known = typeof part === "string" ? part : context.scope.variable(part.name)?.constant;
    return typeof known === "string" || typeof known === "number" ? String(known) : undefined;
  });
  return texts.includes(undefined) ? undefined : texts.join("");
}
