/** Enumeration members: of the library, of this namespace, of an import. */
import { problems } from "../diagnose/catalogue.ts";
import { libraryEnums } from "../stdlib/enums.ts";
import type { ValueNode } from "../syntax/tree.ts";
import type { EnumDeclaration, FileScope, Namespace } from "./file-scope.ts";
import { findSpaces, importedWith, lookUpSpaces, markImportsOf } from "./names.ts";
import type { CheckContext } from "./context.ts";

type EnumNode = ValueNode & { kind: "enum" };

/** `namespace#Enum.Member`, without namespace for the library's; undefined after a finding. */
export function resolveMember(node: EnumNode, context: CheckContext): string | undefined {
  if (node.space === undefined && libraryEnums.has(node.name)) return resolveLibraryMember(node, context);
  context.file.queries?.push({ kind: "enum", node });
  const candidates = enumsNamed(node, context.file);
  if (candidates === undefined) return undefined;
  const [found, second] = candidates;
  const isOpen = found === undefined && node.space === undefined && context.file.imports.mayHoldAny();
  if (isOpen) return undefined;
  if (found === undefined) return reportUnknown(node, context.file);
  if (second !== undefined) return reportAmbiguous(node, candidates, context.file);
  markImportsOf(found.file.space, context.file);
  if (found.members.has(node.member)) return `${found.file.space?.name ?? ""}#${node.name}.${node.member}`;
  const nearest = context.findings.nearest(node.member, found.members);
  context.file.findings.report(problems.unknownMember, node, node.name, node.member, nearest);
  return undefined;
}

function resolveLibraryMember(node: EnumNode, context: CheckContext): string | undefined {
  const members = libraryEnums.get(node.name) ?? [];
  if (members.includes(node.member)) return `#${node.name}.${node.member}`;
  if (node.name === "Queue") {
    context.file.queries?.push({ kind: "queue", name: node.member });
    if (!context.queues.has(node.member)) context.file.findings.report(problems.unknownQueue, node, node.member);
    return `#Queue.${node.member}`;
  }
  const nearest = context.findings.nearest(node.member, members);
  context.file.findings.report(problems.unknownMember, node, node.name, node.member, nearest);
  return undefined;
}

/** What a member's name leads to, in a form that can be compared. Says nothing. */
export function lookUpMember(node: EnumNode, file: FileScope): string {
  const spaces = node.space === undefined ? undefined : lookUpSpaces(node.space.text, file);
  if (typeof spaces === "string") return spaces;
  const found = spaces === undefined ? (enumsNamed(node, file) ?? []) : enumsIn(spaces, node.name);
  if (found.length === 0 && spaces === undefined) return `open ${file.imports.mayHoldAny()}`;
  if (found.length === 1) markImportsOf(found[0]?.file.space, file);
  return found.map((item) => memberText(node, item)).join();
}

const memberText = ({ member }: EnumNode, { file, members }: EnumDeclaration): string =>
  `${file.space?.name}#${members.has(member)}`;

/** Undefined where the import is unknown. */
function enumsNamed(node: EnumNode, file: FileScope): EnumDeclaration[] | undefined {
  if (node.space !== undefined) {
    const spaces = findSpaces(node.space, file);
    return spaces && enumsIn(spaces, node.name);
  }
  const own = file.space?.enums.get(node.name);
  const isVisible = own !== undefined && own.file.part <= file.part;
  return isVisible ? [own] : enumsIn(importedWith(node.name, "enums", file), node.name);
}

function enumsIn(spaces: readonly Namespace[], name: string): EnumDeclaration[] {
  return spaces.flatMap((space) => space.enums.get(name) ?? []);
}

function reportUnknown(node: EnumNode, file: FileScope): undefined {
  const known = [...libraryEnums.keys(), ...(file.space?.enums.keys() ?? [])];
  file.findings.report(problems.unknownEnum, node, node.name, file.findings.nearest(node.name, known));
}

function reportAmbiguous(node: EnumNode, found: readonly EnumDeclaration[], file: FileScope): undefined {
  const forms = found.map((item) => `@${item.file.space?.name}#${node.name}.${node.member}`).join(", ");
  file.findings.report(problems.ambiguousName, node, `#${node.name}`, forms);
}
