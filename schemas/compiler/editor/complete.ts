/** What may stand where the cursor is, by the line before it: the line itself is often in error while it is typed. */
import { scalarKinds, containerKinds, type TypeLanguage } from "@polyglot/contracts";
import type { FileScope } from "../check/file-scope.ts";
import type { NativeModules } from "../signatures/native-modules.ts";
import { errorTypes as polyglotErrors } from "../check/handlers.ts";
import { libraryEnums } from "../stdlib/enums.ts";
import type { LibraryEntry, LibraryKind } from "../stdlib/entry.ts";
import { findLibraryEntry, library } from "../stdlib/registry.ts";
import { type ElementKind, type ElementWord, elementForms, parseElement } from "../syntax/element.ts";
import { blockText, formsOf, signatureText } from "./describe.ts";
import type { Mention } from "./mentions.ts";

export interface Completion {
  readonly label: string;
  readonly kind:
    | "element"
    | "library"
    | "pipeline"
    | "macro"
    | "function"
    | "alias"
    | "enum"
    | "member"
    | "type"
    | "variable"
    | "parameter";
  /** A short line beside the label. */
  readonly detail: string;
  readonly documentation?: string;
  /** What is written, from `start` on up to the cursor. */
  readonly insert: string;
  readonly start: number;
}

export interface CompletionPlace {
  readonly file: FileScope;
  readonly mentions: readonly Mention[];
  readonly natives: NativeModules;
  readonly offset: number;
}

type Item = Omit<Completion, "start">;

export function complete(place: CompletionPlace): Completion[] {
  const { text } = place.file.source;
  const lineStart = text.lastIndexOf("\n", place.offset - 1) + 1;
  const before = text.slice(lineStart, place.offset);
  for (const [pattern, itemsOf] of contexts) {
    const found = pattern.exec(before);
    if (found === null) continue;
    const typed = found.at(-1) ?? "";
    return itemsOf(place, found, before).map((item) => ({ ...item, start: place.offset - typed.length }));
  }
  return [];
}

type Context = readonly [RegExp, (place: CompletionPlace, found: RegExpExecArray, before: string) => Item[]];

/** The first that fits; the last group is what is replaced. */
const contexts: readonly Context[] = [
  [/\\\\/, () => []],
  [/^[ \t]*(?:\[~\])*(\[[^\]\s]*)$/, () => elements()],
  [/@([\w.>-]+)\|([\w.]*)$/, (place, [, alias = ""]) => importedNames(place, alias)],
  [/(?:^|[^<\w])\|([\w.]*)$/, (place, _, before) => calledNames(place, elementOf(before))],
  [/(?:@([\w.>-]+))?#(\w+)\.(\w*)$/, (place, [, space, name = ""]) => members(place, space, name)],
  [/(?:@([\w.>-]+))?#(\w*)$/, (place, [, space]) => enums(place, space)],
  [/!>[^\\]*?\b(pg|py|js|rust|cpp)\\!(\w*)$/, (_, [, lang = ""]) => namedErrors(lang)],
  [/\b(pg|py|js|rust|cpp)\\([\w:]*)$/, (_, [, lang = ""]) => types(lang as TypeLanguage)],
  [/@([\w-]*)$/, (place) => aliases(place)],
  [/(?:<<|\?>|\{|,|\[)\s*(\w*)$/, (place, _, before) => [...parameters(place, before), ...variables(place)]],
  [/\[[^\]]+\]\s+(\w*)$/, (place) => variables(place)],
];

const elements = (): Item[] =>
  (Object.entries(elementForms) as [ElementWord, readonly [string, ...string[]]][]).map(([word, [form]]) => ({
    label: `[${form}]`,
    kind: "element",
    detail: word === "deeper" ? "one level deeper" : word === "continue" ? "goes on with the line before" : word,
    insert: `[${form}]`,
  }));

function elementOf(before: string): ElementKind | undefined {
  const inside = /^[ \t]*(?:\[~\])*\[([^\]]*)\]/.exec(before)?.[1];
  const word = inside === undefined ? undefined : parseElement(inside);
  return word === "deeper" || word === "continue" ? undefined : word;
}

/** What of the library a line of each element may call. */
const libraryKinds: Readonly<Partial<Record<ElementKind, readonly LibraryKind[]>>> = {
  trigger: ["event", "condition", "any-trigger"],
  queue: ["setting"],
  wrap: ["wrapper", "requirement"],
  join: ["join"],
  exit: ["exit"],
  switch: ["utility", "condition"],
};

function calledNames(place: CompletionPlace, element: ElementKind | undefined): Item[] {
  const kinds = (element && libraryKinds[element]) ?? ["utility"];
  const entries = library.filter((entry) => kinds.includes(entry.kind)).flatMap(libraryItems);
  if (element === "trigger" || element === "queue" || element === "join" || element === "exit") return entries;
  return [...spacesOf(place).flatMap((space) => spaceItems(space, element)), ...entries];
}

const libraryItems = (entry: LibraryEntry): Item[] =>
  [entry.name, ...entry.aliases].map((name) => ({
    label: name,
    kind: "library",
    detail:
      formsOf(entry)[0]
        ?.slice(entry.name.length + 1)
        .trim() ?? "",
    documentation: entry.doc,
    insert: name,
  }));

type Space = NonNullable<FileScope["space"]>;

const spacesOf = ({ file }: CompletionPlace): Space[] => [
  ...new Set([...(file.space === undefined ? [] : [file.space]), ...file.imports.spaces()]),
];

function spaceItems(space: Space, element: ElementKind | undefined): Item[] {
  const macros = [...space.macros.values()].map(
    ({ node, name }): Item => ({
      label: name,
      kind: "macro",
      detail: "macro",
      documentation: blockText("m", node),
      insert: name,
    }),
  );
  if (element === "wrap") return macros;
  return [...space.pipelines.values()]
    .filter(({ isCallable }) => isCallable)
    .map(({ node: { name }, node, id }) => ({
      label: name.text,
      kind: "pipeline",
      detail: id,
      documentation: blockText("|", node),
      insert: name.text,
    }));
}

function importedNames(place: CompletionPlace, alias: string): Item[] {
  const imported = place.file.imports.get(alias);
  if (imported?.kind === "spaces") return imported.spaces.flatMap((space) => spaceItems(space, undefined));
  const module = imported?.kind === "native" ? place.natives.of(imported) : undefined;
  return [...(module?.functions ?? [])]
    .filter(([name]) => !name.startsWith("_"))
    .map(([name, signature]) => ({
      label: name,
      kind: "function",
      detail: signatureText(name, signature),
      insert: name,
    }));
}

function enums(place: CompletionPlace, space: string | undefined): Item[] {
  const own = spacesOf(place).flatMap(({ enums: declared }) => [...declared.keys()]);
  const names = space === undefined ? [...libraryEnums.keys(), ...own] : own;
  return [...new Set(names)].map((name) => ({ label: name, kind: "enum", detail: "enumeration", insert: name }));
}

function members(place: CompletionPlace, _: string | undefined, name: string): Item[] {
  const own = spacesOf(place).flatMap(({ enums: declared }) => [...(declared.get(name)?.members ?? [])]);
  return [...new Set([...(libraryEnums.get(name) ?? []), ...own])].map((member) => ({
    label: member,
    kind: "member",
    detail: `#${name}.${member}`,
    insert: member,
  }));
}

function types(lang: TypeLanguage): Item[] {
  const names = [...Object.keys(scalarKinds[lang]), ...Object.keys(containerKinds[lang])];
  return names.map((name) => ({ label: name, kind: "type", detail: `${lang}\\${name}`, insert: name }));
}

function namedErrors(lang: string): Item[] {
  const own = lang === "pg" ? polyglotErrors : [];
  return own.map((name) => ({ label: name, kind: "type", detail: `${lang}\\!${name}`, insert: name }));
}

function aliases({ file }: CompletionPlace): Item[] {
  return [...new Set(file.imports.aliases())].map((alias) => {
    const imported = file.imports.get(alias);
    const detail = imported?.kind === "native" ? `${imported.lang} ${imported.path}` : "namespace";
    return { label: alias, kind: "alias", detail, insert: alias };
  });
}

/** Bound in the block so far. */
function variables({ mentions, offset, file }: CompletionPlace): Item[] {
  const block = file.tree.blocks.findLast(({ start }) => start <= offset);
  const bound = mentions.filter(
    (mention) => mention.kind === "variable" && mention.isBinding && mention.block === block && mention.end < offset,
  );
  return [...new Set(bound.map(({ text }) => text))].map((name) => {
    const first = bound.find(({ text }) => text === name);
    const type = first?.kind === "variable" ? first.type : undefined;
    return { label: name, kind: "variable", detail: type ?? "", insert: name };
  });
}

/** Inputs of what the line calls that it does not name yet. */
function parameters(place: CompletionPlace, before: string): Item[] {
  if (!/<<\s*\w*$/.test(before)) return [];
  const called = /(?:@([\w.>-]+))?\|([\w.]+)(?!.*\|)/.exec(before);
  if (called === null) return [];
  const names = parametersOf(place, called[1], called[2] ?? "").filter((name) => !before.includes(`${name}:`));
  return names.map((name) => ({
    label: `${name}:`,
    kind: "parameter",
    detail: "argument by name",
    insert: `${name}: `,
  }));
}

function parametersOf(place: CompletionPlace, alias: string | undefined, name: string): string[] {
  const imported = alias === undefined ? undefined : place.file.imports.get(alias);
  if (imported?.kind === "native") {
    return (
      place.natives
        .of(imported)
        ?.functions.get(name)
        ?.parameters.map((one) => one.name) ?? []
    );
  }
  const spaces = imported?.kind === "spaces" ? imported.spaces : spacesOf(place);
  const entry = alias === undefined ? findLibraryEntry(name) : undefined;
  if (entry !== undefined) return [...new Set(entry.parameters.flatMap((list) => list.map((one) => one.name)))];
  const block = spaces.map((space) => space.pipelines.get(name)?.node ?? space.macros.get(name)?.node).find(Boolean);
  return block?.inputs.map((input) => input.name.text) ?? [];
}
