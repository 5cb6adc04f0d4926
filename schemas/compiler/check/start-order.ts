/** `<|<`: which lines of a block start after which others, and that no line waits for itself. */
import type { Step } from "@polyglot/contracts";
import { problems } from "../diagnose/catalogue.ts";
import type { Name, LineNode } from "../syntax/tree.ts";
import type { CheckContext } from "./context.ts";

interface Wait {
  readonly label: Name;
  readonly nodes: readonly string[];
}

export class StartOrder {
  /** Nodes by label: the last name of a call, or all of it. */
  readonly #labels = new Map<string, string[]>();
  readonly #waits = new Map<string, Wait[]>();
  readonly #edges = new Map<string, Set<string>>();
  readonly #nodes = new Map<LineNode, string>();
  #lastInTurn: string | undefined;

  constructor(lines: readonly LineNode[], prefix: string) {
    for (const [index, line] of lines.entries()) {
      const node = `${prefix}.${index}`;
      this.#nodes.set(line, node);
      if (line.body?.kind === "call") this.#label(line.body.name.text, node);
    }
  }

  #label(name: string, node: string): void {
    const last = name.slice(name.lastIndexOf(".") + 1);
    for (const label of new Set([name, last])) {
      const nodes = this.#labels.get(label);
      if (nodes === undefined) this.#labels.set(label, [node]);
      else nodes.push(node);
    }
  }

  /** The nodes that a line is told to follow. */
  waitsOf(line: LineNode, context: CheckContext): string[] {
    const node = this.#nodes.get(line) ?? "";
    const waits: Wait[] = [];
    for (const item of line.body?.kind === "call" ? line.body.io : []) {
      if (item.kind !== "after") continue;
      const nodes = this.#labels.get(item.label.text);
      if (nodes === undefined) {
        const nearest = context.findings.nearest(item.label.text, this.#labels.keys());
        context.findings.report(problems.unknownLabel, item.label, item.label.text, nearest);
      } else if (nodes.length > 1) context.findings.report(problems.ambiguousLabel, item.label, item.label.text);
      else waits.push({ label: item.label, nodes });
    }
    if (waits.length > 0) this.#waits.set(node, waits);
    return waits.flatMap((wait) => wait.nodes);
  }

  /** Lines run in turn, apart from forks, which start in turn and end when they end. */
  add(step: Step): void {
    const edges = new Set(step.after);
    if (this.#lastInTurn !== undefined) edges.add(this.#lastInTurn);
    if (step.kind === "join") for (const fork of step.forks) edges.add(fork);
    this.#edges.set(step.node, edges);
    if (step.kind !== "fork") this.#lastInTurn = step.node;
  }

  /** Only a `<|<` can close a circle, so without one there is none. The first is reported. */
  reportCircles(context: CheckContext): void {
    const state = new Map<string, "open" | "done">();
    for (const node of this.#waits.keys()) {
      const circle = this.#findCircle(node, state);
      if (circle !== undefined) return this.#report(circle, context);
    }
  }

  #findCircle(root: string, state: Map<string, "open" | "done">): string[] | undefined {
    const path = [{ node: root, next: this.#after(root) }];
    if (state.has(root)) return undefined;
    state.set(root, "open");
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const to = top.next.pop();
      if (to === undefined) {
        state.set(top.node, "done");
        path.pop();
      } else if (state.get(to) === "open") {
        return path.slice(path.findIndex((step) => step.node === to)).map((step) => step.node);
      } else if (!state.has(to)) {
        state.set(to, "open");
        path.push({ node: to, next: this.#after(to) });
      }
    }
    return undefined;
  }

  #after(node: string): string[] {
    return [...(this.#edges.get(node) ?? [])];
  }

  /** At the first `<|<` of the circle. */
  #report(circle: readonly string[], context: CheckContext): void {
    const waits = circle.flatMap((node) => this.#waits.get(node) ?? []);
    const inside = waits.filter((wait) => wait.nodes.some((node) => circle.includes(node)));
    const [first] = inside.toSorted((a, b) => a.label.start - b.label.start);
    if (first === undefined) return;
    const names = circle.map((node) => this.#nameOf(node));
    context.findings.report(problems.waitCircle, first.label, [...names, names[0] ?? ""].join(" -> "));
  }

  #nameOf(node: string): string {
    for (const [label, nodes] of this.#labels) if (nodes.includes(node)) return label;
    return node;
  }
}
