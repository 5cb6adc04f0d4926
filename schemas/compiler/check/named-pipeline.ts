/**
 * Pipelines that a name of the library runs within the caller's execution: `|U.Collection.Map << rows << "Clean"`. The
 * name stands in a literal, so it is resolved and checked as if it were called.
 */
import type { Argument, PipelineId } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { GivenValue, LibraryEntry, PipelineUse } from "../stdlib/entry.ts";
import type { CallNode, Name } from "../syntax/tree.ts";
import { argumentFor } from "./argument-for.ts";
import type { CheckContext, NamedType } from "./context.ts";
import type { PipelineDeclaration } from "./file-scope.ts";
import { chooseParameters } from "./library-parameters.ts";
import { literalOf } from "./literal.ts";
import { resolveCall } from "./names.ts";
import { reportSettings } from "./pipeline-call.ts";
import { anyType, elementType, typesConvert } from "./types.ts";

/** `Name`, `@Alias|Name` or `@full.name>Space|Name`, with a `|` before the name or without. */
const reference = /^(?:@([^|\s]+)\|)?\|?([A-Za-z]\w*(?:\.\w+)*)$/;

/** The call that the argument stands for; undefined where it is no literal that names a pipeline. */
export function namedCall(node: CallNode, entry: LibraryEntry): CallNode | undefined {
  if (entry.runs === undefined) return undefined;
  const argument = argumentFor(entry.runs.parameter, node.io, chooseParameters(node, entry));
  const text = argument === undefined ? undefined : literalOf(argument.value);
  const found = typeof text === "string" ? reference.exec(text) : null;
  if (argument === undefined || found === null) return undefined;
  const { start, end } = argument.value;
  const nameOf = (part: string): Name => ({ text: part, start, end });
  const space = found[1] === undefined ? {} : { space: nameOf(found[1]) };
  return { kind: "call", start, end, ...space, name: nameOf(found[2] ?? ""), io: [] };
}

/** `given`: the arguments of the library's call, in the order of the text. Undefined after a finding. */
export function checkNamedPipeline(
  node: CallNode,
  entry: LibraryEntry,
  given: readonly Argument[],
  context: CheckContext,
): PipelineId | undefined {
  const { runs } = entry;
  if (runs === undefined) return undefined;
  const named = namedCall(node, entry);
  if (named === undefined) {
    reportNoName(node, entry, runs, context);
    return undefined;
  }
  const callee = resolveCall(named, context.file);
  if (callee === undefined) return undefined;
  if (callee.kind !== "pipeline") {
    context.findings.report(problems.notAPipeline, named, node.name.text, named.name.text);
    return undefined;
  }
  const typeGiven = (parameter: string): string | undefined => {
    const argument = argumentFor(parameter, node.io, chooseParameters(node, entry));
    return argument && given[node.io.filter((item) => item.kind === "argument").indexOf(argument)]?.from;
  };
  return checkUse({ named, runs, declaration: callee.declaration, typeGiven }, context);
}

/** One that is missing is reported as any other argument is. */
function reportNoName(node: CallNode, entry: LibraryEntry, runs: PipelineUse, context: CheckContext): void {
  const argument = argumentFor(runs.parameter, node.io, chooseParameters(node, entry));
  if (argument !== undefined) context.findings.report(problems.notAName, argument.value, node.name.text);
}

interface Use {
  /** The literal, as a call. */
  readonly named: CallNode;
  readonly runs: PipelineUse;
  readonly declaration: PipelineDeclaration;
  /** Static type of what a parameter of the library's name is given. */
  readonly typeGiven: (parameter: string) => string | undefined;
}

function checkUse(use: Use, context: CheckContext): PipelineId | undefined {
  const { named, declaration } = use;
  if (!declaration.isCallable) {
    context.findings.report(problems.notCallable, named, named.name.text);
    return undefined;
  }
  context.uses.push({ at: named, declaration });
  reportSettings(named, declaration, context);
  checkInputs(use, context);
  checkOutput(use, context);
  return declaration.id;
}

function checkInputs(use: Use, context: CheckContext): void {
  const { named, runs, declaration } = use;
  const { inputs } = context.interfaceOf(declaration);
  const text = `|${named.name.text}`;
  if (inputs.length < runs.inputs.length) {
    context.findings.report(problems.tooManyArguments, named, text, inputs.length, runs.inputs.length);
  }
  for (const missing of inputs.slice(runs.inputs.length)) {
    if (!missing.isOptional) context.findings.report(problems.missingArgument, named, text, missing.name);
  }
  for (const [index, given] of runs.inputs.entries()) {
    const input = inputs[index];
    if (input !== undefined) for (const type of typesOf(given, use, context)) checkType(named, type, input, context);
  }
}

function checkType(at: CallNode, type: string, input: NamedType, context: CheckContext): void {
  if (typesConvert(type, input.type)) return;
  context.findings.report(problems.noConverter, at, `what '${input.name}' gets`, type, input.type);
}

/** A fold begins with its start or else its first item, and goes on with what its pipeline gave. */
function typesOf(given: GivenValue, { declaration, typeGiven }: Use, context: CheckContext): string[] {
  const item = elementType(typeGiven("items") ?? anyType);
  if (given === "item") return [item];
  if (given !== "result") return [given];
  return [typeGiven("start") ?? item, context.interfaceOf(declaration).outputs[0]?.type ?? anyType];
}

function checkOutput({ named, runs, declaration }: Use, context: CheckContext): void {
  if (runs.output === undefined) return;
  const [first] = context.interfaceOf(declaration).outputs;
  if (first === undefined) context.findings.report(problems.noOutput, named, named.name.text);
  else if (!typesConvert(first.type, runs.output)) {
    context.findings.report(problems.noConverter, named, `what '${first.name}' gives`, first.type, runs.output);
  }
}
