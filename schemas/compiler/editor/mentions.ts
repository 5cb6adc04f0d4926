/** The names that a file mentions, each with its place and what it is said as; what they stand for is asked later. */
import type { Span } from "../source/source-file.ts";
import type { BlockNode, FileNode } from "../syntax/file-tree.ts";
import type { BodyNode, CallNode, IoNode, LineNode, Name, ValueNode, VariableNode } from "../syntax/tree.ts";

export type Mention = Span & { readonly text: string; readonly block?: BlockNode } & (
    | { readonly kind: "block" }
    | { readonly kind: "member"; readonly ofEnum: string; readonly space?: string; readonly isDeclared: boolean }
    | { readonly kind: "enum"; readonly space?: string }
    | { readonly kind: "alias"; readonly isDeclared: boolean }
    | { readonly kind: "call"; readonly call: CallNode }
    /** `isBinding`: a value is put into it here; `from`: by the result of a call. */
    | {
        readonly kind: "variable";
        readonly isBinding: boolean;
        readonly type?: string;
        readonly from?: { readonly call: CallNode; readonly index: number };
      }
    /** `<< name: value`: an input of what is called. */
    | { readonly kind: "parameter"; readonly call: CallNode }
    | { readonly kind: "label"; readonly isDeclared: boolean }
  );

/** In the order of the text. */
export function mentionsOf(tree: FileNode): Mention[] {
  const collector = new MentionCollector(tree.source.text);
  for (const node of tree.imports) collector.body(node, undefined);
  for (const block of tree.blocks) collector.block(block);
  return collector.found.toSorted((one, other) => one.start - other.start);
}

class MentionCollector {
  readonly found: Mention[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  block(block: BlockNode): void {
    this.found.push({ kind: "block", ...block.name, block });
    if (block.kind === "enum") {
      for (const { name, settings } of block.members) {
        this.found.push({ kind: "member", ...name, ofEnum: block.name.text, isDeclared: true, block });
        for (const line of settings) this.line(line, block);
      }
      return;
    }
    for (const input of block.inputs) this.body(input, block);
    for (const line of linesOf(block)) this.line(line, block);
    if (block.kind === "pipeline") for (const node of block.imports) this.body(node, block);
  }

  line(line: LineNode, block: BlockNode): void {
    if (line.body !== undefined) this.body(line.body, block, isInlineBranch(line));
    for (const name of line.recovered) this.#variable(name, block, { isBinding: true });
    for (const child of line.children) this.line(child, block);
  }

  body(body: BodyNode, block: BlockNode | undefined, isLabel = false): void {
    switch (body.kind) {
      case "call":
        return this.#call(body, block, isLabel);
      case "assign":
        this.#value(body.value, block);
        return this.#variable(body.name, block, { isBinding: true, ...typed(body.type) });
      case "import":
        if (body.alias !== undefined) this.#alias(body.alias, block, true);
        return;
      case "declaration":
        this.#variable(body.name, block, { isBinding: true, type: body.type.text });
        return this.#value(body.value, block);
      case "compare":
        this.#value(body.left, block);
        return body.right === "default" ? undefined : this.#value(body.right, block);
      case "catch":
        return this.#variable(body.name, block, { isBinding: true, type: body.error.text });
      case "output":
        this.#value(body.value, block);
        return this.#variable(body.name, block, { isBinding: body.value !== undefined, ...typed(body.type) });
      case "name":
        return this.#variable(body.name, block, { isBinding: false });
      case "alias":
      case "namespace":
      case "none":
    }
  }

  #call(call: CallNode, block: BlockNode | undefined, isLabel: boolean): void {
    if (call.space !== undefined) this.#alias(call.space, block, false);
    if (isLabel) this.#add({ kind: "label", ...call.name, isDeclared: true }, block);
    else this.#add({ kind: "call", ...call.name, call }, block);
    let results = 0;
    for (const io of call.io) {
      this.#io(io, call, block, results);
      if (io.kind === "result") results += 1;
    }
  }

  #io(io: IoNode, call: CallNode, block: BlockNode | undefined, index: number): void {
    switch (io.kind) {
      case "argument":
        if (io.name !== undefined) this.#add({ kind: "parameter", ...io.name, call }, block);
        return this.#value(io.value, block);
      case "result":
        return this.#variable(io.name, block, { isBinding: true, ...typed(io.type), from: { call, index } });
      case "after":
        return this.#add({ kind: "label", ...io.label, isDeclared: false }, block);
    }
  }

  #value(value: ValueNode | undefined, block: BlockNode | undefined): void {
    if (value === undefined) return;
    switch (value.kind) {
      case "variable":
        return this.#read(value, block);
      case "string":
        for (const part of value.parts) if (typeof part !== "string") this.#read(part, block);
        return;
      case "list":
        for (const item of value.items) this.#value(item, block);
        return;
      case "map":
        for (const { value: item } of value.entries) this.#value(item, block);
        return;
      case "enum":
        return this.#member(value, block);
      case "bool":
      case "datetime":
      case "duration":
      case "float":
      case "int":
      case "none":
    }
  }

  #member(value: ValueNode & { kind: "enum" }, block: BlockNode | undefined): void {
    const space = value.space === undefined ? {} : { space: value.space.text };
    if (value.space !== undefined) this.#alias(value.space, block, false);
    const { member, name, end } = value;
    const start = end - member.length;
    this.#add({ kind: "enum", text: name, start: start - 1 - name.length, end: start - 1, ...space }, block);
    this.#add({ kind: "member", text: member, start, end, ofEnum: name, isDeclared: false, ...space }, block);
  }

  /** Without what stands before the name, `{` in text, and the path behind it. */
  #read(node: VariableNode, block: BlockNode | undefined): void {
    const start = this.#text.indexOf(node.name, node.start);
    this.#variable({ text: node.name, start, end: start + node.name.length }, block, { isBinding: false });
  }

  /** Without the `@`. */
  #alias({ text, end }: Name, block: BlockNode | undefined, isDeclared: boolean): void {
    this.#add({ kind: "alias", text, start: end - text.length, end, isDeclared }, block);
  }

  #variable(
    name: Name | undefined,
    block: BlockNode | undefined,
    rest: Omit<Extract<Mention, { kind: "variable" }>, "kind" | keyof Name | "block">,
  ): void {
    if (name !== undefined) this.#add({ kind: "variable", ...name, ...rest }, block);
  }

  #add(mention: Mention, block: BlockNode | undefined): void {
    this.found.push(block === undefined ? mention : { ...mention, block });
  }
}

const typed = (type: { readonly text: string } | undefined) => (type === undefined ? {} : { type: type.text });

function linesOf(block: Exclude<BlockNode, { kind: "enum" }>): readonly LineNode[] {
  if (block.kind === "macro") return [...block.setup, ...block.clean, ...block.outputs];
  const { triggers, queue, wraps, setup, run, clean, outputs } = block;
  return [...triggers, ...queue, ...wraps, ...setup, ...run, ...clean, ...outputs];
}

/** `[f] |Label` with lines of its own. */
const isInlineBranch = ({ element, children }: LineNode): boolean =>
  (element === "fork" || element === "back") && children.some((child) => child.element !== "error");
