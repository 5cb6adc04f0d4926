/** Lines to a tree: each line under the nearest one that is less deep, IO lines merged into their parent. */
import { problems } from "../diagnose/catalogue.ts";
import type { Findings } from "../diagnose/findings.ts";
import type { SourceFile, Span } from "../source/source-file.ts";
import { type ElementKind, elementText } from "./element.ts";
import { parseBody } from "./parse-body.ts";
import { parseIo } from "./parse-call.ts";
import { maxNesting } from "./parse-value.ts";
import { mayStandUnder } from "./placement.ts";
import { type SourceLine, splitLines } from "./source-line.ts";
import { TokenReader } from "./token-reader.ts";
import { tokenize } from "./tokenize.ts";
import type { BodyNode, CallNode, IoNode, LineNode, Name } from "./tree.ts";

interface OpenNode extends Span {
  element: ElementKind;
  depth: number;
  head: Span;
  body?: BodyNode;
  inError: boolean;
  recovered: Name[];
  children: OpenNode[];
}

/** The lines of depth 0 with all that stands under them. Never fails; what is wrong is in the findings. */
export function parseLines(source: SourceFile, findings: Findings): LineNode[] {
  const nesting = new Nesting(source, findings);
  for (const line of splitLines(source, tokenize(source.text), findings)) nesting.add(line);
  return nesting.roots;
}

class Nesting {
  readonly roots: OpenNode[] = [];
  readonly #source: SourceFile;
  readonly #findings: Findings;
  /** The last line of each depth. */
  readonly #path: OpenNode[] = [];

  constructor(source: SourceFile, findings: Findings) {
    this.#source = source;
    this.#findings = findings;
  }

  add(line: SourceLine): void {
    if (line.depth > maxNesting) return this.#findings.report(problems.tooDeep, line.head, maxNesting);
    if (line.element === "io") return this.#addIo(line);
    const node = this.#parse(line, line.element, Math.min(line.depth, this.#path.length));
    if (node.depth < line.depth) this.#raise(node, line);
    const { depth } = node;
    const siblings = depth === 0 ? this.roots : this.#path[depth - 1]?.children;
    // What stands under a line without element is read, and belongs nowhere.
    if (line.element !== "unknown") siblings?.push(node);
    this.#path.length = depth;
    this.#path.push(node);
  }

  /** A line that is too deep is read where it may stand, so that it is one finding. */
  #raise(node: OpenNode, line: SourceLine): void {
    this.#findings.report(problems.depthJump, line.head, line.depth, this.#path.length);
    for (let parent = this.#path[node.depth - 1]; parent !== undefined; parent = this.#path[node.depth - 1]) {
      if (mayStandUnder(node, parent)) return;
      node.depth--;
    }
  }

  #parse(line: SourceLine, element: ElementKind | "unknown", depth: number): OpenNode {
    if (element === "unknown") return unknownNode(line, depth);
    const reader = new TokenReader(this.#source, this.#findings, line);
    const body = parseBody(reader, element);
    const recovered = reader.failed ? recoverNames(reader) : [];
    const { start, end, head } = line;
    return { element, depth, head, ...(body && { body }), inError: reader.failed, recovered, children: [], start, end };
  }

  #addIo(line: SourceLine): void {
    if (line.depth === 0) return this.#findings.report(problems.ioWithoutParent, line.head);
    const parent = this.#path[line.depth - 1];
    if (parent === undefined) {
      return this.#findings.report(problems.depthJump, line.head, line.depth, this.#path.length);
    }
    this.#path.length = line.depth;
    const reader = new TokenReader(this.#source, this.#findings, line);
    const io = parseIo(reader);
    if (io === undefined) {
      parent.inError = true;
      for (const name of recoverNames(reader)) parent.recovered.push(name);
      return;
    }
    if (parent.children.length > 0 && !parent.inError) this.#findings.report(problems.ioTooLate, line);
    this.#merge(parent, io, line);
  }

  #merge(parent: OpenNode, io: readonly IoNode[], line: SourceLine): void {
    if (parent.inError) for (const name of resultNames(io)) parent.recovered.push(name);
    else if (parent.body?.kind === "call") addIo(parent.body, io);
    else this.#findings.report(problems.ioNotTaken, line, elementText(parent.element));
  }
}

/** Never put into the tree, so its element does not matter. */
function unknownNode({ start, end, head }: SourceLine, depth: number): OpenNode {
  return { element: "run", depth, head, inError: true, recovered: [], children: [], start, end };
}

/** In place: a copy for each of many IO lines would cost the square of their number. */
function addIo(call: CallNode, io: readonly IoNode[]): void {
  for (const item of io) (call.io as IoNode[]).push(item);
}

function resultNames(io: readonly IoNode[]): Name[] {
  return io.flatMap((item) => (item.kind === "result" && item.name !== undefined ? [item.name] : []));
}

/** The names that a line in error would bind, wherever the error is: after `>>`, or before `<<` or `:` at its start. */
function recoverNames(reader: TokenReader): Name[] {
  const names: Name[] = [];
  const { body } = reader.line;
  const first = body.findIndex((token) => token.kind !== "name" || reader.text(token) !== "Default");
  const [name, sign] = body.slice(first, first + 2);
  if (name?.kind === "name" && (sign?.kind === "<<" || sign?.kind === ":")) names.push(reader.name(name));
  for (const [index, token] of body.entries()) {
    const next = body[index + 1];
    if (token.kind === ">>" && next?.kind === "name") names.push(reader.name(next));
  }
  return names;
}
