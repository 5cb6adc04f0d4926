/** What a name is, as an editor shows it over the name: a line of code, and what is said of it. */
import type { Signature } from "@polyglot/contracts";
import type { FileScope } from "../check/file-scope.ts";
import type { NativeModules } from "../signatures/native-modules.ts";
import { libraryEnums } from "../stdlib/enums.ts";
import type { LibraryEntry } from "../stdlib/entry.ts";
import type { BlockNode } from "../syntax/file-tree.ts";
import type { Mention } from "./mentions.ts";
import { type EditorSymbol, ofCall } from "./symbols.ts";

export interface Description {
  /** As `.pg` would write it, or as the language of the code does. */
  readonly code: string;
  readonly text: string;
}

export function describe(
  symbol: EditorSymbol,
  bindings: readonly Mention[],
  file: FileScope,
  natives: NativeModules,
): Description {
  switch (symbol.kind) {
    case "library":
      return { code: formsOf(symbol.entry).join("\n"), text: symbol.entry.doc };
    case "pipeline":
      return { code: blockText("|", symbol.declaration.node), text: `a pipeline: \`${symbol.declaration.id}\`` };
    case "macro":
      return { code: blockText("m", symbol.declaration.node), text: "a macro, for `[w]`" };
    case "native": {
      const { imported, text } = symbol;
      const signature = natives.of(imported)?.functions.get(text);
      return { code: signatureText(text, signature), text: `from \`${imported.path}\`` };
    }
    case "variable":
      return {
        code: `${symbol.text}: ${typeOf(bindings, file, natives)}`,
        text: bindingText(symbol.text, symbol.block),
      };
    case "label":
      return { code: `|${symbol.text}`, text: "a branch" };
    case "alias":
      return { code: `@${symbol.text}`, text: importText(symbol.text, file) };
    case "enum":
      return { code: `#${symbol.text}`, text: membersOf(symbol.text, file).join(", ") };
    case "member":
      return { code: `#${symbol.ofEnum}.${symbol.text}`, text: `one of ${membersOf(symbol.ofEnum, file).join(", ")}` };
  }
}

/** As a line would call it, one for each list of arguments. */
export function formsOf({ name, parameters, results }: LibraryEntry): string[] {
  const given = results.map((result) => ` >> ${result.name}: ${result.type}`).join("");
  return parameters.map((list) => {
    const taken = list.map((one) => ` << ${one.name}${one.isOptional ? "?" : ""}: ${one.type}`);
    return `|${name}${taken.join("")}${given}`;
  });
}

export function blockText(element: string, block: Exclude<BlockNode, { kind: "enum" }>): string {
  const inputs = block.inputs.map(
    (one) => `\n[i] ${one.isDefault ? "Default " : ""}${one.name.text}: ${one.type.text}`,
  );
  const outputs = block.outputs.flatMap(({ body }) => {
    if (body?.kind === "output")
      return [`\n[o] >> ${body.name.text}${body.type === undefined ? "" : `: ${body.type.text}`}`];
    return body?.kind === "name" ? [`\n[o] ${body.name.text}`] : [];
  });
  return `[${element}] ${block.name.text}${inputs.join("")}${outputs.join("")}`;
}

export function signatureText(name: string, signature: Signature | undefined): string {
  if (signature === undefined) return `${name}(…)`;
  const parameters = signature.parameters.map(
    (one) =>
      `${one.collects === undefined ? "" : "…"}${one.name}${one.optional ? "?" : ""}${one.type === undefined ? "" : `: ${one.type}`}`,
  );
  return `${name}(${parameters.join(", ")})${signature.results === undefined ? "" : ` >> ${signature.results.join(", ") || "None"}`}`;
}

/** That of the first binding: stated, or of what the call gives. */
function typeOf(bindings: readonly Mention[], file: FileScope, natives: NativeModules): string {
  for (const binding of bindings) {
    if (binding.kind !== "variable" || !binding.isBinding) continue;
    return binding.type ?? resultType(binding, file, natives) ?? "pg\\any";
  }
  return "pg\\any";
}

function resultType(
  { from }: Extract<Mention, { kind: "variable" }>,
  file: FileScope,
  natives: NativeModules,
): string | undefined {
  const called = from && ofCall(from.call, file);
  if (from === undefined || called === undefined) return undefined;
  if (called.kind === "library") return called.entry.results[from.index]?.type;
  if (called.kind === "native") return natives.of(called.imported)?.functions.get(called.text)?.results?.[from.index];
  if (called.kind !== "pipeline") return undefined;
  const body = called.declaration.node.outputs[from.index]?.body;
  return body?.kind === "output" ? body.type?.text : undefined;
}

function bindingText(name: string, block: BlockNode): string {
  const isInput = block.kind !== "enum" && block.inputs.some((input) => input.name.text === name);
  return `${isInput ? "an input" : "a variable"} of \`${block.name.text}\``;
}

function importText(alias: string, file: FileScope): string {
  const imported = file.imports.get(alias);
  if (imported?.kind === "native") return `${imported.lang} code: \`${imported.path}\``;
  if (imported?.kind !== "spaces") return "an import";
  return `the namespace ${imported.spaces.map(({ name }) => `\`${name}\``).join(", ")}`;
}

function membersOf(name: string, file: FileScope): readonly string[] {
  const own = [...(file.space === undefined ? [] : [file.space]), ...file.imports.spaces()];
  const declared = own.flatMap((space) => [...(space.enums.get(name)?.members ?? [])]);
  return [...(libraryEnums.get(name) ?? []), ...declared];
}
