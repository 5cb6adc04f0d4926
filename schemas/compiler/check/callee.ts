/** What a call names, what goes into it and what comes out. */
import type { Argument, CallStep, Handler, NativeLanguage, Result, Signature, Target } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { CallNode } from "../syntax/tree.ts";
import { matchArguments, type Parameter, passArguments } from "./arguments.ts";
import type { CheckContext } from "./context.ts";
import type { NativeImport, PipelineDeclaration } from "./file-scope.ts";
import { resolveCall } from "./names.ts";
import { bindResults, bindUnknown } from "./results.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import { languageTitle, nativeSince } from "../stdlib/languages.ts";
import { findLibraryEntry } from "../stdlib/registry.ts";

export interface CheckedCall {
  readonly target: Target;
  readonly arguments: Argument[];
  readonly results: Result[];
  /** Of all that the callee gives, bound or not; absent where that is not known. */
  readonly types: readonly string[] | undefined;
}

export function createCallStep(node: string, after: string[], call: CheckedCall, handlers: Handler[]): CallStep {
  return { kind: "call", node, after, target: call.target, arguments: call.arguments, results: call.results, handlers };
}

/** In a `[?]` line the present state of a condition trigger may be asked. */
type Use = "step" | "test";

/** Undefined after a finding; the names that the call binds are bound all the same. */
export function checkCall(node: CallNode, context: CheckContext, use: Use = "step"): CheckedCall | undefined {
  const callee = resolveCall(node, context.file);
  switch (callee?.kind) {
    case "native":
      return checkNativeCall(node, callee.imported, callee.function, context);
    case "pipeline":
      return checkPipelineCall(node, callee.declaration, context);
    case "library":
      return checkLibraryCall(node, callee.entry, use, context);
    case "macro":
      context.findings.report(problems.isWrapper, node.name, node.name.text);
      return skipCall(node, context);
    case undefined:
      return skipCall(node, context);
  }
}

/** A call that cannot be checked still reads its arguments and binds its results. */
export function skipCall(node: CallNode, context: CheckContext): undefined {
  passArguments(node.io, "pg\\any", context);
  bindUnknown(
    node.io.flatMap((item) => (item.kind === "result" && item.name !== undefined ? [item.name] : [])),
    context,
  );
}

const anythingOf = { py: "py\\object", js: "js\\object", rust: "pg\\any", cpp: "pg\\any" } as const;

function checkNativeCall(
  node: CallNode,
  imported: NativeImport,
  name: string,
  context: CheckContext,
): CheckedCall | undefined {
  const known = findFunction(node, imported, name, context);
  if (known === undefined) return skipCall(node, context);
  noteLanguageUse(node, imported, context);
  const anything = anythingOf[imported.lang];
  const text = `@${imported.alias}|${name}`;
  const { signature } = known;
  const target: Target = {
    kind: "native",
    lang: imported.lang,
    origin: imported.origin,
    path: imported.path,
    function: name,
    ...(signature && { signature }),
    bundle_digest: imported.space.bundle,
  };
  const passed =
    signature === undefined
      ? passArguments(node.io, anything, context)
      : matchArguments(node.io, { text, at: node.name, parameters: parametersOf(signature, imported.lang) }, context);
  const results = bindResults(node.io, { text, types: signature?.results, anything }, context);
  return { target, arguments: passed, results, types: signature?.results };
}

function noteLanguageUse(node: CallNode, { lang }: NativeImport, context: CheckContext): void {
  if (nativeSince[lang] !== null) return;
  const title = languageTitle[lang];
  if (context.unimplemented.has(title)) return;
  context.unimplemented.add(title);
  context.findings.report(problems.languageNotImplemented, node.space ?? node.name, title);
}

/** Undefined after a finding; without signature where the text of the function does not say it. */
function findFunction(
  node: CallNode,
  imported: NativeImport,
  name: string,
  context: CheckContext,
): { readonly signature: Signature | undefined } | undefined {
  const found = context.natives.of(imported);
  if (found === undefined) return { signature: undefined };
  const unsupported = found.unsupported.get(name);
  if (unsupported !== undefined) context.findings.report(problems.unsupportedType, node.name, name, unsupported);
  if (unsupported !== undefined) return undefined;
  // Members of a class or an object of the module are known when it runs.
  const first = name.split(".")[0] ?? name;
  if (found.functions.has(name)) return { signature: found.functions.get(name) };
  const mayExist = found.isOpen || (first !== name && found.functions.has(first));
  if (mayExist) return { signature: undefined };
  const nearest = context.findings.nearest(name, found.functions.keys());
  context.findings.report(problems.unknownFunction, node.name, imported.path, name, nearest);
  return undefined;
}

function parametersOf(signature: Signature, lang: NativeLanguage): Parameter[] {
  return signature.parameters.map((item) => ({
    name: item.name,
    type: item.type ?? anythingOf[lang],
    isOptional: item.optional,
    collects: item.collects,
    isPositional: true,
    isNamedOnly: item.named_only === true,
    isOptions: lang === "js" && item.collects === "keywords",
  }));
}

function checkPipelineCall(
  node: CallNode,
  declaration: PipelineDeclaration,
  context: CheckContext,
): CheckedCall | undefined {
  if (!declaration.isCallable) {
    context.findings.report(problems.notCallable, node.name, node.name.text);
    return skipCall(node, context);
  }
  context.uses.push({ at: node.name, declaration });
  reportSettings(node, declaration, context);
  const { inputs, outputs } = context.interfaceOf(declaration);
  const text = `|${node.name.text}`;
  const matched = matchArguments(node.io, { text, at: node.name, parameters: inputs }, context);
  const types = outputs.map((output) => output.type);
  const results = bindResults(node.io, { text, types, anything: "pg\\any" }, context);
  return { target: { kind: "pipeline", pipeline_id: declaration.id }, arguments: matched, results, types };
}

/** A called pipeline runs within the execution of its caller. */
function reportSettings(node: CallNode, declaration: PipelineDeclaration, context: CheckContext): void {
  for (const { body } of declaration.node.queue) {
    const name = body?.kind === "call" ? findLibraryEntry(body.name.text)?.name : undefined;
    if (name === undefined) continue;
    if (!name.startsWith("Q.Kill.")) context.findings.report(problems.calleeSetting, node.name, name);
    else {
      context.unimplemented.add(`${name} of a called pipeline`);
      context.findings.report(problems.calleeKillNotImplemented, node.name, name);
    }
  }
}

const belongsIn: Partial<Record<LibraryEntry["kind"], string>> = {
  event: "[t]",
  condition: "[t]",
  "any-trigger": "[t]",
  setting: "[Q]",
  wrapper: "[w]",
  requirement: "[w]",
  join: "[j]",
  exit: "[x]",
};

function checkLibraryCall(
  node: CallNode,
  entry: LibraryEntry,
  use: Use,
  context: CheckContext,
): CheckedCall | undefined {
  if (entry.kind === "condition" && use === "test") return checkConditionTest(node, entry, context);
  const place = belongsIn[entry.kind];
  if (place !== undefined) {
    context.findings.report(problems.notAStep, node.name, node.name.text, place);
    return skipCall(node, context);
  }
  noteLibraryUse(node, entry, context);
  const text = `|${node.name.text}`;
  const parameters = chooseParameters(node, entry);
  const matched = matchArguments(node.io, { text, at: node.name, parameters }, context);
  const types = entry.results.map((result) => result.type);
  const results = bindResults(node.io, { text, types, anything: "pg\\any" }, context);
  return { target: { kind: "library", name: entry.name }, arguments: matched, results, types };
}

function checkConditionTest(node: CallNode, entry: LibraryEntry, context: CheckContext): CheckedCall {
  noteLibraryUse(node, entry, context);
  const text = `|${node.name.text}`;
  const matched = matchArguments(node.io, { text, at: node.name, parameters: chooseParameters(node, entry) }, context);
  const types = ["pg\\bool"];
  const results = bindResults(node.io, { text, types, anything: "pg\\any" }, context);
  return { target: { kind: "library", name: entry.name }, arguments: matched, results, types };
}

export function noteLibraryUse(node: CallNode, entry: LibraryEntry, context: CheckContext): void {
  if (entry.since !== null) return;
  context.unimplemented.add(entry.name);
  context.findings.report(problems.notImplemented, node.name, node.name.text);
}

/** The first argument list that fits in number. */
export function chooseParameters(node: CallNode, entry: LibraryEntry): readonly Parameter[] {
  const given = node.io.filter((item) => item.kind === "argument").length;
  const fits = (list: LibraryEntry["parameters"][number]): boolean =>
    given <= list.length && given >= list.filter((item) => !item.isOptional).length;
  return entry.parameters.find(fits) ?? entry.parameters[0] ?? [];
}
