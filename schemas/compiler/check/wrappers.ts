/** `[w]` lines: wrappers of the library, checks that one is in force, and macros of the user's own. */
import type { PlanBody, Wrapper } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import { runtimeOf } from "../stdlib/wrappers.ts";
import type { CallNode, LineNode } from "../syntax/tree.ts";
import { matchArguments, type Parameter } from "./arguments.ts";
import { skipCall } from "./checked-call.ts";
import { noteLibraryUse } from "./library-call.ts";
import { chooseParameters } from "./library-parameters.ts";
import type { CheckContext } from "./context.ts";
import type { MacroDeclaration } from "./file-scope.ts";
import { resolveCall } from "./names.ts";
import { bindResults } from "./results.ts";
import { checkEnvironment } from "./runtime-environment.ts";

/** Wrappers of one pipeline: each holds its macro's lines. */
const maxWrappers = 32;

export function checkWrappers(
  lines: readonly LineNode[],
  context: CheckContext,
): Pick<PlanBody, "wrappers" | "runtimes" | "environments"> {
  const wrappers: Wrapper[] = [];
  const runtimes: PlanBody["runtimes"] = {};
  const environments: NonNullable<PlanBody["environments"]> = {};
  const superfluous = lines[maxWrappers];
  if (superfluous !== undefined) {
    context.findings.report(problems.tooManyWrappers, superfluous.head, lines.length, maxWrappers);
  }
  for (const [index, line] of lines.slice(0, maxWrappers).entries()) {
    if (line.body?.kind !== "call") continue;
    const node = `wrap.${index}`;
    context.place(node, line.head);
    const wrapper = checkWrapper(line.body, node, context);
    context.dependencies.endStep(node);
    if (wrapper === undefined) continue;
    wrappers.push(wrapper);
    const runtime = runtimeOf(wrapper.name);
    if (runtime?.version !== undefined) runtimes[runtime.lang] = runtime.version;
    const environment = runtime && checkEnvironment(line.body, wrapper, runtime.lang, context);
    if (environment !== undefined && runtime !== undefined && runtime.lang !== "cpp")
      environments[runtime.lang] = environment;
  }
  return { wrappers, runtimes, ...(Object.keys(environments).length > 0 && { environments }) };
}

function checkWrapper(body: CallNode, node: string, context: CheckContext): Wrapper | undefined {
  const callee = resolveCall(body, context.file);
  if (callee?.kind === "macro") return applyMacro(body, node, callee.declaration, context);
  const isWrapper =
    callee?.kind === "library" && (callee.entry.kind === "wrapper" || callee.entry.kind === "requirement");
  if (isWrapper) return openWrapper(body, node, callee.entry, context);
  if (callee !== undefined) {
    context.findings.report(problems.wrongCall, body.name, "[w]", "|W.…, |With.… or a macro", body.name.text);
  }
  return skipCall(body, context);
}

interface Wrapped {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly types: readonly string[];
}

function openWrapper(body: CallNode, node: string, entry: LibraryEntry, context: CheckContext): Wrapper {
  noteLibraryUse(body, entry, context);
  const types = entry.results.map((result) => result.type);
  return wrap(body, node, { name: entry.name, parameters: chooseParameters(body, entry), types }, context);
}

function applyMacro(
  body: CallNode,
  node: string,
  declaration: MacroDeclaration,
  context: CheckContext,
): Wrapper | undefined {
  const { macro, positions, uses, unimplemented, lines } = context.macroOf(declaration);
  if (!context.repeated.add(lines)) {
    const { sum, limit } = context.repeated;
    context.findings.report(problems.tooLarge, body.name, "what is applied and called", sum, "lines in all", limit);
    return skipCall(body, context);
  }
  for (const [inner, position] of Object.entries(positions)) context.positions[`${node}/${inner}`] = position;
  for (const name of unimplemented) context.unimplemented.add(name);
  context.uses.push({ at: body.name, declaration });
  for (const use of uses) context.uses.push({ at: body.name, declaration: use.declaration });
  const parameters = macro.inputs.map((input) => ({
    name: input.name,
    type: input.type,
    isOptional: input.default !== undefined,
    takesNone: input.default === null,
  }));
  const types = macro.outputs.map((output) => output.type);
  const name = `${declaration.file.space?.name ?? ""}#${declaration.name}`;
  return { ...wrap(body, node, { name, parameters, types }, context), macro };
}

function wrap(body: CallNode, node: string, { name, parameters, types }: Wrapped, context: CheckContext): Wrapper {
  const text = `|${body.name.text}`;
  const given = matchArguments(body.io, { text, at: body.name, parameters }, context);
  const results = bindResults(body.io, { text, types, anything: "pg\\any" }, context);
  return {
    node,
    name,
    arguments: given.map((argument) => ({
      ...(argument.name !== undefined && { name: argument.name }),
      value: argument.value,
    })),
    results: results.map(({ variable, type }) => ({ variable, type })),
  };
}
