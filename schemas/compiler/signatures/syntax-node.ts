import type { SyntaxNode } from "./grammars.ts";

/** Children that the grammar names, without comments. */
export function namedChildren(node: SyntaxNode | null): SyntaxNode[] {
  return (node?.namedChildren ?? []).filter((child): child is SyntaxNode => child !== null && child.type !== "comment");
}

export function field(node: SyntaxNode | null, name: string): SyntaxNode | null {
  return node?.childForFieldName(name) ?? null;
}

export function textOf(node: SyntaxNode | null): string {
  return node?.text ?? "";
}

export function hasWord(node: SyntaxNode, word: string): boolean {
  return node.children.some((child) => child?.type === word);
}
