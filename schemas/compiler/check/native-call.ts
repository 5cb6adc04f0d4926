/** Calls of the user's own functions, checked against what their files say. */
import type { NativeLanguage, Signature, Target } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import { sizes } from "../source/sizes.ts";
import type { CallNode } from "../syntax/tree.ts";
import { matchArguments, type Parameter, passArguments } from "./arguments.ts";
import { type CheckedCall, skipCall } from "./checked-call.ts";
import type { CheckContext } from "./context.ts";
import type { NativeImport } from "./file-scope.ts";
import { bindResults } from "./results.ts";

const anythingOf = { py: "py\\object", js: "js\\object", rust: "pg\\any", cpp: "pg\\any" } as const;

export function checkNativeCall(
  node: CallNode,
  imported: NativeImport,
  name: string,
  context: CheckContext,
): CheckedCall | undefined {
  const known = findFunction(node, imported, name, context);
  if (known === undefined) return skipCall(node, context);
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
  if (found.functions.has(name)) return small(found.functions.get(name), node, context);
  const mayExist = found.isOpen || (first !== name && found.functions.has(first));
  if (mayExist) return { signature: undefined };
  const nearest = context.findings.nearest(name, found.functions.keys());
  context.findings.report(problems.unknownFunction, node.name, imported.path, name, nearest);
  return undefined;
}

function small(
  signature: Signature | undefined,
  node: CallNode,
  context: CheckContext,
): { readonly signature: Signature | undefined } | undefined {
  const seen = signature?.parameters.length ?? 0;
  if (seen <= sizes.parameters) return { signature };
  context.findings.report(problems.tooLarge, node.name, `'${node.name.text}'`, seen, "parameters", sizes.parameters);
  return undefined;
}

const parametersBySignature = new WeakMap<Signature, Parameter[]>();

function parametersOf(signature: Signature, lang: NativeLanguage): Parameter[] {
  const parameters = parametersBySignature.get(signature) ?? createParameters(signature, lang);
  parametersBySignature.set(signature, parameters);
  return parameters;
}

function createParameters(signature: Signature, lang: NativeLanguage): Parameter[] {
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
