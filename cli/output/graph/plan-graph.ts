/** A plan's flow: triggers, the phases in order, branches side by side, and where each value comes from. */
import type { Handler, Plan, Step } from "@polyglot/contracts";
import { expressionText, variablesIn } from "./expression-text.ts";
import type { Graph, NodeKind } from "./graph.ts";
import { type Frontier, GraphBuilder } from "./graph-builder.ts";
import { callLabel, readsOf, switchLabel, triggerLabel } from "./step-label.ts";

export function planGraph(plan: Plan): Graph {
  const walk = new PlanWalk();
  const name = plan.pipeline_id.slice(plan.pipeline_id.indexOf("#") + 1);
  const start = walk.start(plan, name);
  const producers = new Map(plan.inputs.map((input) => [input.name, new Set([start])]));
  let frontier = onward(start);
  for (const wrapper of plan.wrappers) frontier = walk.wrapper(wrapper, frontier, producers);
  for (const steps of [plan.setup, plan.run, plan.cleanup]) frontier = walk.block(steps, frontier, producers);
  walk.end(plan, frontier, producers);
  return walk.graph.build(name);
}

type Producing = Map<string, Set<string>>;

const onward = (node: string): Frontier => [{ node, label: "", kind: "order" }];

interface OpenFork {
  readonly tails: Frontier;
  readonly base: Frontier;
}

class PlanWalk {
  readonly graph = new GraphBuilder();
  /** First node of each step, by the plan's name of it. */
  readonly #entries = new Map<string, string>();

  start(plan: Plan, name: string): string {
    const triggers = plan.triggers.map((trigger) => this.graph.addNode("trigger", triggerLabel(trigger)));
    const inputs = plan.inputs.map((input) => input.name);
    const start = this.graph.addNode(
      "start",
      clip(inputs.length === 0 ? name : `${name} << ${inputs.join(", ")}`, labelLength),
    );
    for (const trigger of triggers) this.graph.follow(onward(trigger), start);
    return start;
  }

  wrapper(wrapper: Plan["wrappers"][number], frontier: Frontier, producers: Producing): Frontier {
    const node = this.#add("step", `|${wrapper.name}`, frontier);
    this.graph.read(
      wrapper.arguments.flatMap((argument) => variablesIn(argument.value)),
      producers,
      node,
    );
    for (const result of wrapper.results) producers.set(result.variable, new Set([node]));
    return onward(node);
  }

  end(plan: Plan, frontier: Frontier, producers: Producing): void {
    const names = plan.outputs.map((output) => output.name);
    const node = this.#add("end", names.length === 0 ? "end" : `>> ${names.join(", ")}`, frontier);
    const defaults = plan.outputs.flatMap(({ value }) => (value === undefined ? [] : variablesIn(value)));
    this.graph.read([...names, ...defaults], producers, node);
  }

  block(steps: readonly Step[], entry: Frontier, producers: Producing): Frontier {
    const forks = new Map<string, OpenFork>();
    let frontier = entry;
    for (const step of steps) frontier = this.#step(step, frontier, producers, forks);
    return frontier;
  }

  #step(step: Step, frontier: Frontier, producers: Producing, forks: Map<string, OpenFork>): Frontier {
    if (step.kind === "fork") {
      const tails = this.#fork(step, frontier, producers);
      if (!step.background) forks.set(step.node, { tails, base: frontier });
      return frontier;
    }
    if (step.kind === "join") return this.#join(step, frontier, producers, forks);
    if (step.kind === "switch") return this.#switch(step, frontier, producers);
    const node = this.#add(kindOf(step), labelOf(step), frontier, step);
    this.graph.read(readsOf(step), producers, node);
    if (step.kind === "exit") return [];
    if (step.kind === "output") add(producers, step.output.name, node);
    if (step.kind === "assign") producers.set(step.result.variable, new Set([node]));
    if (step.kind === "call") bind(step.results, node, producers);
    const handled = "handlers" in step ? this.#handlers(step.handlers ?? [], node, producers) : [];
    return [...onward(node), ...handled];
  }

  /** A fork that is one call is that call; an inline branch has a node of its own before its lines. */
  #fork(step: Extract<Step, { kind: "fork" }>, frontier: Frontier, producers: Producing): Frontier {
    if (!step.inline) {
      const tails = this.block(step.body, frontier, producers);
      const entry = this.#entries.get(step.body[0]?.node ?? "");
      if (entry === undefined) return tails;
      this.#remember(step, entry);
      return [...tails, ...this.#handlers(step.handlers, entry, producers)];
    }
    const node = this.#add("fork", step.label, frontier, step);
    const own = new Map([...producers].map(([name, nodes]) => [name, new Set(nodes)]));
    const tails = this.block(step.body, onward(node), own);
    for (const { name } of step.outputs) producers.set(name, new Set(own.get(name) ?? [node]));
    return [...tails, ...this.#handlers(step.handlers, node, producers)];
  }

  #join(
    step: Extract<Step, { kind: "join" }>,
    frontier: Frontier,
    producers: Producing,
    forks: Map<string, OpenFork>,
  ): Frontier {
    const joined = step.forks.flatMap((name) => forks.get(name) ?? []);
    const between = joined.some((fork) => fork.base === frontier) ? [] : frontier;
    const node = this.#add(
      "join",
      `|Join${step.mode === "nth" ? "Nth" : `${step.mode[0]?.toUpperCase()}${step.mode.slice(1)}`}`,
      [...between, ...joined.flatMap((fork) => fork.tails)],
      step,
    );
    this.graph.read(readsOf(step), producers, node);
    if (step.result !== undefined) bind([step.result], node, producers);
    return [...onward(node), ...this.#handlers(step.handlers, node, producers)];
  }

  #switch(step: Extract<Step, { kind: "switch" }>, frontier: Frontier, producers: Producing): Frontier {
    const node = this.#add("switch", switchLabel(step), frontier, step);
    this.graph.read(readsOf(step), producers, node);
    const inside = new Map([...producers].map(([name, nodes]) => [name, new Set(nodes)]));
    if (step.test.kind === "call") bind(step.test.call.results, node, inside);
    const tails = this.block(step.body, [{ node, label: "yes", kind: "choice" }], inside);
    merge(inside, producers);
    const handled = step.test.kind === "call" ? this.#handlers(step.test.call.handlers, node, producers) : [];
    return [...tails, { node, label: "no", kind: "choice" }, ...handled];
  }

  #handlers(handlers: readonly Handler[], failed: string, producers: Producing): Frontier {
    return handlers.flatMap((handler) => {
      const label = `!> ${handler.lang}\\!${handler.error}`;
      const node = this.#add("handler", label, [{ node: failed, label: "error", kind: "choice" }]);
      const inside = new Map([...producers].map(([name, nodes]) => [name, new Set(nodes)]));
      if (handler.variable !== undefined) inside.set(handler.variable, new Set([node]));
      const tails = this.block(handler.body, onward(node), inside);
      if (handler.variable !== undefined) inside.delete(handler.variable);
      merge(inside, producers);
      return tails;
    });
  }

  #add(kind: NodeKind, label: string, frontier: Frontier, step?: Step): string {
    const node = this.graph.addNode(kind, clip(label, labelLength));
    this.graph.follow(frontier, node);
    if (step !== undefined) this.#remember(step, node);
    return node;
  }

  /** What a line is told to follow, with `<|<` or because it reads a branch that is still open. */
  #remember(step: Step, node: string): void {
    this.#entries.set(step.node, node);
    if (step.kind !== "fork") return;
    for (const name of step.after) {
      const before = this.#entries.get(name);
      if (before !== undefined) this.graph.follow(onward(before), node);
    }
  }
}

function kindOf(step: Exclude<Step, { kind: "fork" | "join" | "switch" }>): NodeKind {
  return step.kind === "exit" ? "exit" : "step";
}

function labelOf(step: Exclude<Step, { kind: "fork" | "join" | "switch" }>): string {
  switch (step.kind) {
    case "call":
      return callLabel(step);
    case "assign":
      return `${step.result.variable} << ${clip(expressionText(step.value))}`;
    case "output":
      return `>> ${step.output.name}`;
    case "exit":
      return `|Exit << ${expressionText(step.code)}`;
  }
}

/** Characters of a value that a node shows. */
const shownLength = 40;

/** Characters of a node; a wider drawing is hard to read. */
const labelLength = 60;

const clip = (text: string, length = shownLength): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

function bind(results: readonly { readonly variable: string }[], node: string, producers: Producing): void {
  for (const { variable } of results) if (variable !== "") producers.set(variable, new Set([node]));
}

function add(producers: Producing, name: string, node: string): void {
  producers.set(name, (producers.get(name) ?? new Set()).add(node));
}

/** After a way that may or may not be taken, both may have given the value. */
function merge(inside: Producing, producers: Producing): void {
  for (const [name, nodes] of inside) for (const node of nodes) add(producers, name, node);
}
