/** Values of the text to expressions of the plan, with their types. */
import type { CanonicalValue, Expression } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { ValueNode, VariableNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";
import { resolveMember } from "./enums.ts";
import { canonicalMap, literalOf } from "./literal.ts";
import { guardRead } from "./race-guard.ts";
import type { Variable } from "./scope.ts";
import { anyType, shapeOfType } from "./types.ts";

export interface TypedExpression {
  readonly value: Expression;
  readonly type: string;
}

export function checkValue(node: ValueNode, context: CheckContext): TypedExpression {
  switch (node.kind) {
    case "variable":
      return checkVariable(node, context);
    case "string":
      return checkText(node, context);
    case "list":
      return checkList(node, context);
    case "map":
      return checkMap(node, context);
    case "enum": {
      const member = resolveMember(node, context);
      return member === undefined ? unknownValue : literal({ $enum: member }, "pg\\Enum");
    }
    case "none":
    case "bool":
    case "int":
    case "float":
    case "datetime":
    case "duration":
      return literal(literalOf(node) ?? null, typeOfLiteral[node.kind]);
  }
}

const typeOfLiteral = {
  none: "py\\None",
  bool: "pg\\bool",
  int: "pg\\int",
  float: "pg\\float",
  datetime: "pg\\datetime",
  duration: "pg\\duration",
} as const;

const unknownValue: TypedExpression = { value: { kind: "literal", value: null, type: anyType }, type: anyType };

function literal(value: CanonicalValue, type: string): TypedExpression {
  return { value: { kind: "literal", value, type }, type };
}

function checkVariable(node: VariableNode, context: CheckContext): TypedExpression {
  const variable = readVariable(node, context);
  const value: Expression = { kind: "variable", name: node.name, path: [...node.path] };
  if (variable === undefined) return { value, type: anyType };
  return { value, type: node.path.length === 0 ? variable.type : fieldType(node, variable, context) };
}

/** Undefined after a finding. */
export function readVariable(node: VariableNode, context: CheckContext): Variable | undefined {
  const { scope } = context;
  const variable = scope.variable(node.name);
  if (variable !== undefined) variable.used = true;
  context.dependencies.read(node.name);
  if (variable !== undefined && scope.isBound(node.name)) {
    guardRead(node.name, node, context);
    return variable;
  }
  context.findings.report(
    problems.unknownVariable,
    node,
    node.name,
    context.findings.nearest(node.name, scope.boundNames()),
  );
  return undefined;
}

const errorFields: readonly string[] = ["message", "type", "trace", "step"];

function fieldType(node: VariableNode, variable: Variable, context: CheckContext): string {
  const [field = ""] = node.path;
  if (variable.isError === true) {
    if (errorFields.includes(field) && node.path.length === 1) return "pg\\string";
    const allowed = `an error has the fields ${errorFields.join(", ")}`;
    context.findings.report(problems.unknownField, node, variable.name, node.path.join("."), allowed);
    return anyType;
  }
  const shape = shapeOfType(variable.type);
  const hasFields = shape.kind === "any" || shape.kind === "map" || shape.kind === "optional";
  if (!hasFields) {
    const allowed = `it is ${variable.type}; only maps and errors have fields`;
    context.findings.report(problems.unknownField, node, variable.name, field, allowed);
  }
  return anyType;
}

/** Bytes and handles have no text form. */
function checkText(node: ValueNode & { kind: "string" }, context: CheckContext): TypedExpression {
  const constant = literalOf(node);
  if (constant !== undefined) return literal(constant, "pg\\string");
  const parts = node.parts.map((part) => {
    if (typeof part === "string") return part;
    const { type } = checkVariable(part, context);
    const { kind } = shapeOfType(type);
    if (kind === "bytes" || kind === "handle") context.findings.report(problems.notText, part, part.name, type);
    return { name: part.name, path: [...part.path] };
  });
  return { value: { kind: "text", parts }, type: "pg\\string" };
}

/** A list of literals is a literal. */
function checkList(node: ValueNode & { kind: "list" }, context: CheckContext): TypedExpression {
  const items = node.items.map((item) => checkValue(item, context).value);
  const values = items.flatMap((item) => (item.kind === "literal" ? [item.value] : []));
  if (values.length === items.length) return literal(values, "pg\\list");
  return { value: { kind: "list", items }, type: "pg\\list" };
}

function checkMap(node: ValueNode & { kind: "map" }, context: CheckContext): TypedExpression {
  const entries = node.entries.map(({ key, value }): [string, Expression] => [
    key.text,
    checkValue(value, context).value,
  ]);
  return mapOf(entries);
}

/** A map of literals is a literal. */
export function mapOf(entries: [string, Expression][]): TypedExpression {
  const values = entries.flatMap(([key, value]): [string, CanonicalValue][] =>
    value.kind === "literal" ? [[key, value.value]] : [],
  );
  if (values.length === entries.length) return literal(canonicalMap(values), "pg\\dict");
  return { value: { kind: "map", entries }, type: "pg\\dict" };
}
