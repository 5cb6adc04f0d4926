/** Callees before callers, so that the types of their outputs are known; circles are cut where they close. */
import { problems } from "../diagnose/catalogue.ts";
import type { CallNode, LineNode } from "../syntax/tree.ts";
import type { FileScope, PipelineDeclaration } from "./file-scope.ts";
import { namedCall } from "./named-pipeline.ts";
import { lookUpCall } from "./names.ts";

interface Call {
  readonly node: CallNode;
  readonly to: PipelineDeclaration;
  /** Not under `[?]` or `[!]`. */
  readonly isCertain: boolean;
}

export function orderByCalls(
  declarations: readonly PipelineDeclaration[],
  fileOf: (declaration: PipelineDeclaration) => FileScope,
): PipelineDeclaration[] {
  const calls = new Map(declarations.map((item) => [item, callsOf(item, fileOf(item))]));
  reportRecursion(declarations, calls);
  return visitAll(declarations, calls, () => undefined);
}

/** Depth first, without recursion: chains of calls are as long as a file allows. */
function visitAll(
  declarations: readonly PipelineDeclaration[],
  calls: ReadonlyMap<PipelineDeclaration, readonly Call[]>,
  onCircle: (path: readonly PipelineDeclaration[], call: Call) => void,
): PipelineDeclaration[] {
  const ordered: PipelineDeclaration[] = [];
  const state = new Map<PipelineDeclaration, "open" | "done">();
  for (const root of declarations) {
    const path = state.has(root) ? [] : [{ item: root, next: 0 }];
    if (path.length > 0) state.set(root, "open");
    while (path.length > 0) {
      const top = path.at(-1);
      if (top === undefined) break;
      const call = calls.get(top.item)?.[top.next++];
      if (call === undefined) {
        state.set(top.item, "done");
        ordered.push(top.item);
        path.pop();
      } else if (state.get(call.to) === "open")
        onCircle(
          path.map((step) => step.item),
          call,
        );
      else if (!state.has(call.to)) {
        state.set(call.to, "open");
        path.push({ item: call.to, next: 0 });
      }
    }
  }
  return ordered;
}

function reportRecursion(
  declarations: readonly PipelineDeclaration[],
  calls: ReadonlyMap<PipelineDeclaration, readonly Call[]>,
): void {
  const certain = new Map([...calls].map(([item, list]) => [item, list.filter((call) => call.isCertain)]));
  visitAll(declarations, certain, (path, call) => {
    const circle = path.slice(path.indexOf(call.to));
    const first = circle.toSorted(compareDeclarations)[0] ?? call.to;
    const next = circle[(circle.indexOf(first) + 1) % circle.length] ?? call.to;
    const at = certain.get(first)?.find((candidate) => candidate.to === next)?.node ?? call.node;
    const start = circle.indexOf(first);
    const names = [...circle.slice(start), ...circle.slice(0, start), first].map((item) => item.node.name.text);
    first.file.findings.report(problems.recursion, at.name, names.join(" -> "));
  });
}

function compareDeclarations(a: PipelineDeclaration, b: PipelineDeclaration): number {
  if (a.file.path !== b.file.path) return a.file.path < b.file.path ? -1 : 1;
  return a.node.start - b.node.start;
}

function callsOf(declaration: PipelineDeclaration, file: FileScope): Call[] {
  const { queue, wraps, setup, run, clean } = declaration.node;
  const calls: Call[] = [];
  // What a kill runs is no part of the run: it may name any pipeline.
  for (const line of queue) collectCalls(line, false, file, calls);
  for (const line of wraps) collectMacroCalls(line, file, calls);
  for (const line of [...setup, ...run, ...clean]) collectCalls(line, true, file, calls);
  return calls;
}

/** The lines of a macro are part of the pipeline that applies it. */
function collectMacroCalls(line: LineNode, file: FileScope, into: Call[]): void {
  const found = line.body?.kind === "call" ? lookUpCall(line.body, file) : undefined;
  if (found?.kind !== "macro") return;
  const { node, file: macroFile } = found.declaration;
  for (const inner of [...node.setup, ...node.clean]) collectCalls(inner, true, macroFile, into);
}

function collectCalls(line: LineNode, isCertain: boolean, file: FileScope, into: Call[]): void {
  if (line.body?.kind === "call") {
    const node = calledBy(line.body, file);
    const found = lookUpCall(node, file);
    if (found.kind === "pipeline") into.push({ node, to: found.declaration, isCertain });
  }
  const isInside = isCertain && line.element !== "switch" && line.element !== "error";
  for (const child of line.children) collectCalls(child, isInside, file, into);
}

/** A pipeline that a name of the library runs is called by its line like any other. */
function calledBy(node: CallNode, file: FileScope): CallNode {
  const found = lookUpCall(node, file);
  return found.kind === "library" ? (namedCall(node, found.entry) ?? node) : node;
}
