/** A file as its blocks: the lines of each phase together, in the order of the text. */
import type { SourceFile, Span } from "../source/source-file.ts";
import type { BodyOf, LineNode, Name } from "./tree.ts";

export interface FileNode {
  readonly source: SourceFile;
  readonly namespace?: BodyOf<"namespace">;
  readonly imports: readonly BodyOf<"import">[];
  readonly aliases: readonly BodyOf<"alias">[];
  readonly blocks: readonly BlockNode[];
}

interface Block extends Span {
  readonly name: Name;
  readonly head: Span;
}

export interface PipelineNode extends Block {
  readonly kind: "pipeline";
  readonly imports: readonly BodyOf<"import">[];
  readonly inputs: readonly BodyOf<"declaration">[];
  readonly triggers: readonly LineNode[];
  readonly queue: readonly LineNode[];
  readonly wraps: readonly LineNode[];
  /** Steps and their `[!]` lines. */
  readonly setup: readonly LineNode[];
  readonly run: readonly LineNode[];
  readonly clean: readonly LineNode[];
  readonly outputs: readonly LineNode[];
  /** Inputs whose lines are in error. */
  readonly recovered: readonly Name[];
  /** Something in it could not be read, so that names it declares may be missing. */
  readonly inError: boolean;
}

export interface MacroNode extends Block {
  readonly kind: "macro";
  readonly inputs: readonly BodyOf<"declaration">[];
  /** Inputs whose lines are in error. */
  readonly recovered: readonly Name[];
  readonly setup: readonly LineNode[];
  readonly clean: readonly LineNode[];
  readonly outputs: readonly LineNode[];
}

export interface EnumNode extends Block {
  readonly kind: "enum";
  readonly members: readonly EnumMember[];
}

export interface EnumMember {
  readonly name: Name;
  /** Settings of a queue that `[#] Queue` declares. */
  readonly settings: readonly LineNode[];
}

export type BlockNode = PipelineNode | MacroNode | EnumNode;
