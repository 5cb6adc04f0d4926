import type { EdgeKind, Graph, GraphEdge, GraphNode, NodeKind } from "./graph.ts";

/** Which nodes give a variable its value: several where the ways to a line differ. */
export type Producers = ReadonlyMap<string, ReadonlySet<string>>;

/** Where the flow stands: the nodes that the next one follows, and the choice that leads on from each. */
export type Frontier = readonly { readonly node: string; readonly label: string; readonly kind: EdgeKind }[];

/** Collects nodes and edges. Of two edges between the same nodes the one that carries more is kept: data before order. */
export class GraphBuilder {
  readonly #nodes: GraphNode[] = [];
  readonly #edges = new Map<string, GraphEdge>();

  addNode(kind: NodeKind, label: string): string {
    const id = `n${this.#nodes.length}`;
    this.#nodes.push({ id, kind, label });
    return id;
  }

  follow(frontier: Frontier, to: string): void {
    for (const { node, label, kind } of frontier) this.#addEdge({ from: node, to, kind, label });
  }

  /** Values that `to` reads, each from whoever gives it. */
  read(names: readonly string[], producers: Producers, to: string): void {
    for (const name of new Set(names)) {
      for (const from of producers.get(name) ?? []) {
        if (from !== to) this.#addEdge({ from, to, kind: "data", label: name });
      }
    }
  }

  build(title: string): Graph {
    return { title, nodes: this.#nodes, edges: [...this.#edges.values()] };
  }

  #addEdge(edge: GraphEdge): void {
    const key = `${edge.from} ${edge.to}`;
    const known = this.#edges.get(key);
    const labels = new Set([known?.label ?? "", edge.label].filter((label) => label !== ""));
    const kind = known === undefined || known.kind === "order" ? edge.kind : known.kind;
    this.#edges.set(key, { ...edge, kind, label: [...labels].join(", ") });
  }
}
