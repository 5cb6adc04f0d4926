/** Arguments to parameters: named ones by name, the others in order over those that no named one takes. */
import type { Argument, Expression } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { Span } from "../source/source-file.ts";
import type { IoNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";
import { checkValue, mapOf, type TypedExpression } from "./expression.ts";
import { resolveType, shapeOfType, typesConvert } from "./types.ts";

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
  /** An input whose default is None takes None besides its type. */
  readonly takesNone?: boolean;
  /** Takes any further unnamed arguments, or any further named ones. */
  readonly collects?: "rest" | "keywords" | undefined;
  /** Written as an unnamed argument in the plan, unless it was given by name. */
  readonly isPositional?: boolean;
  readonly isNamedOnly?: boolean;
  /** One map of the named arguments, or a map of its own given in order. */
  readonly isOptions?: boolean;
}

export interface Taker {
  /** As messages name it: `|Name`. */
  readonly text: string;
  readonly at: Span;
  readonly parameters: readonly Parameter[];
}

type ArgumentNode = IoNode & { kind: "argument" };

interface Given {
  readonly node: ArgumentNode;
  readonly value: TypedExpression;
}

/** What is asked of a list of parameters at each call, made once for each list. */
interface ParameterTable {
  readonly byName: ReadonlyMap<string, Parameter>;
  readonly places: ReadonlyMap<Parameter, number>;
  readonly rest: Parameter | undefined;
  readonly keywords: Parameter | undefined;
}

const tables = new WeakMap<readonly Parameter[], ParameterTable>();

function tableOf({ parameters }: Taker): ParameterTable {
  const table = tables.get(parameters) ?? {
    byName: new Map(parameters.map((item) => [item.name, item])),
    places: new Map(parameters.map((item, index) => [item, index])),
    rest: parameters.find((item) => item.collects === "rest"),
    keywords: parameters.find((item) => item.collects === "keywords"),
  };
  tables.set(parameters, table);
  return table;
}

/** Arguments for a callee of which nothing is known: as written, to the type that `anything` names. */
export function passArguments(io: readonly IoNode[], anything: string, context: CheckContext): Argument[] {
  return giveAll(io, context).map(({ node, value }) => ({
    ...(node.name && { name: node.name.text }),
    value: value.value,
    from: value.type,
    to: statedType(node, value, context) ?? anything,
  }));
}

export function matchArguments(io: readonly IoNode[], taker: Taker, context: CheckContext): Argument[] {
  const given = giveAll(io, context);
  const named = givenByName(given, taker, context);
  const { places, rest, keywords } = tableOf(taker);
  const options = keywords?.isOptions === true ? keywords : undefined;
  const hasOptions = options !== undefined && [...named.values()].includes(options);
  const isOpen = (item: Parameter): boolean =>
    item === options ? !hasOptions : item.collects === undefined && !named.has(item.name);
  const order = taker.parameters.filter((item) => isOpen(item) && item.isNamedOnly !== true);
  const firstNamed = firstOf(named, taker);
  const matched: Argument[] = [];
  let taken = 0;
  for (const item of given) {
    const parameter = item.node.name === undefined ? (order[taken++] ?? rest) : named.get(item.node.name.text);
    if (parameter === undefined) continue;
    // An unnamed argument behind a named one would land in the named one's place, so it gets its name.
    const isBehind = firstNamed < (places.get(parameter) ?? 0);
    const isNamed = parameter.collects === undefined && (parameter.isPositional !== true || isBehind);
    const name = item.node.name?.text ?? (isNamed ? parameter.name : undefined);
    matched.push({ ...(name !== undefined && { name }), ...convertArgument(item, parameter, context) });
  }
  reportCount(given, taker, order, context);
  const needed = taker.parameters.filter((item) => isOpen(item) && item.isNamedOnly === true && !item.isOptional);
  for (const { name } of needed) context.findings.report(problems.missingArgument, taker.at, taker.text, name);
  return options === undefined ? matched : withOptions(matched, options, taker);
}

/** Named arguments that no other parameter takes, as one map: what JavaScript calls an options object. */
function withOptions(matched: readonly Argument[], options: Parameter, taker: Taker): Argument[] {
  const { byName } = tableOf(taker);
  const isOption = (item: Argument): boolean => item.name !== undefined && !byName.has(item.name);
  const given = matched.filter(isOption);
  if (given.length === 0) return [...matched];
  const entries = given.map(({ name = "", value }): [string, Expression] => [name, value]);
  const { value, type } = mapOf(entries);
  return [...matched.filter((item) => !isOption(item)), { name: options.name, value, from: type, to: options.type }];
}

function giveAll(io: readonly IoNode[], context: CheckContext): Given[] {
  const given: Given[] = [];
  for (const node of io) if (node.kind === "argument") given.push({ node, value: checkValue(node.value, context) });
  return given;
}

/** The place of the first parameter of a name that is given. */
function firstOf(named: ReadonlyMap<string, Parameter>, taker: Taker): number {
  const { byName, places } = tableOf(taker);
  let first = Number.POSITIVE_INFINITY;
  for (const name of named.keys()) {
    const parameter = byName.get(name);
    if (parameter !== undefined) first = Math.min(first, places.get(parameter) ?? first);
  }
  return first;
}

function givenByName(given: readonly Given[], taker: Taker, context: CheckContext): Map<string, Parameter> {
  const named = new Map<string, Parameter>();
  const { byName, keywords } = tableOf(taker);
  for (const { node } of given) {
    const name = node.name?.text;
    if (node.name === undefined || name === undefined) continue;
    const known = byName.get(name);
    const parameter = known?.collects === undefined && known !== undefined ? known : keywords;
    if (parameter === undefined) {
      const nearest = context.findings.nearest(name, byName.keys());
      context.findings.report(problems.unknownArgument, node.name, taker.text, name, nearest);
    } else if (named.has(name)) context.findings.report(problems.argumentTwice, node.name, name);
    else named.set(name, parameter);
  }
  return named;
}

function reportCount(given: readonly Given[], taker: Taker, order: readonly Parameter[], context: CheckContext): void {
  const unnamed = given.filter((item) => item.node.name === undefined);
  const superfluous = unnamed[order.length];
  if (superfluous !== undefined && tableOf(taker).rest === undefined) {
    const named = given.length - unnamed.length;
    context.findings.report(
      problems.tooManyArguments,
      superfluous.node,
      taker.text,
      order.length + named,
      given.length,
    );
  }
  for (const missing of order.slice(unnamed.length)) {
    if (!missing.isOptional) context.findings.report(problems.missingArgument, taker.at, taker.text, missing.name);
  }
}

function convertArgument({ node, value }: Given, parameter: Parameter, context: CheckContext): Argument {
  const stated = statedType(node, value, context);
  const what = node.name === undefined ? "this value" : `'${node.name.text}'`;
  const from = stated ?? value.type;
  const isNone = parameter.takesNone === true && node.value.kind === "none";
  if (!isNone && !typesConvert(from, parameter.type)) {
    context.findings.report(problems.noConverter, node, what, from, parameter.type);
  }
  const isOpen = stated !== undefined && shapeOfType(parameter.type).kind === "any";
  return { value: value.value, from: value.type, to: isOpen ? stated : parameter.type };
}

/** `<< name: type` states a variable's type. */
function statedType(node: ArgumentNode, value: TypedExpression, context: CheckContext): string | undefined {
  if (node.as === undefined) return undefined;
  const stated = resolveType(node.as, context.file);
  if (!typesConvert(value.type, stated)) {
    context.findings.report(problems.noConverter, node, "this value", value.type, stated);
  }
  return stated;
}
