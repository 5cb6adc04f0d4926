/** `[!]` lines of one step. */
import type { Handler } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { BodyOf, LineNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";
import type { Mark, Variable } from "./scope.ts";
import { checkPhase } from "./steps.ts";

export const errorTypes: readonly string[] = [
  "NetworkError",
  "TimeoutError",
  "ResourceError",
  "OOMError",
  "CpuThrottleError",
  "DiskFullError",
  "PermissionError",
  "ConfigError",
  "ValidationError",
  "DependencyError",
  "RuntimeError",
  "NotImplementedError",
  "ConversionError",
  "KilledError",
  "FileError",
  "Any",
];

/** `before` is what was bound before the step: what the failed step binds, its handlers do not see. */
export function checkHandlers(
  lines: readonly LineNode[],
  { node, before }: { node: string; before: Mark },
  context: CheckContext,
): Handler[] {
  if (lines.length === 0) return [];
  const { scope } = context;
  const ends: string[][] = [scope.since(before)];
  const handlers = lines.flatMap((line, index) => {
    scope.restore(before);
    const checked = checkHandler(line, `${node}.!${index}`, context);
    if (checked?.exits !== true) ends.push(scope.since(before));
    return checked === undefined ? [] : [checked.handler];
  });
  scope.restore(before);
  for (const end of ends) scope.merge(end);
  return handlers;
}

function checkHandler(
  line: LineNode,
  node: string,
  context: CheckContext,
): { handler: Handler; exits: boolean } | undefined {
  context.place(node, line.head);
  if (line.body?.kind !== "catch") return undefined;
  const { body } = line;
  const { lang, error } = errorTypeOf(body, context);
  const end = body.name === undefined ? undefined : context.scope.shadow(errorVariable(body.name));
  const wasInHandler = context.isInHandler;
  context.isInHandler = true;
  const { steps, exits } = context.dependencies.nested(() => checkPhase(line.children, node, context));
  context.isInHandler = wasInHandler;
  end?.();
  const variable = body.name?.text;
  return { handler: { node, lang, error, ...(variable !== undefined && { variable }), body: steps }, exits };
}

function errorVariable(name: NonNullable<BodyOf<"catch">["name"]>): Variable {
  const flags = { isUnknown: false, isError: true, isInput: false, used: true };
  return { name: name.text, type: "pg\\dict", at: name, ...flags };
}

function errorTypeOf({ error: name }: BodyOf<"catch">, context: CheckContext): { lang: string; error: string } {
  const [lang = "", error = ""] = name.text.split("\\!");
  if (lang === "pg" && !errorTypes.includes(error)) {
    const nearest = context.findings.nearest(error, errorTypes);
    context.findings.report(problems.unknownErrorType, name, name.text, nearest && `pg\\!${nearest}`);
  }
  return { lang, error };
}
