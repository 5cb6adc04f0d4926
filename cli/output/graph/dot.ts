import type { EdgeKind, Graph, GraphEdge, GraphNode, NodeKind } from "./graph.ts";

const shapes = {
  trigger: "cds",
  start: "component",
  step: "box",
  fork: "trapezium",
  join: "invtrapezium",
  switch: "diamond",
  handler: "note",
  exit: "doublecircle",
  end: "oval",
} as const satisfies Record<NodeKind, string>;

const styles = { data: "bold", order: "solid", choice: "dashed" } as const satisfies Record<EdgeKind, string>;

/** For Graphviz; each pipeline is a cluster. */
export function dotText(graphs: readonly Graph[]): string {
  return ["digraph polyglot {", '  node [fontname="sans-serif"];', ...graphs.flatMap(cluster), "}"].join("\n");
}

function cluster(graph: Graph, index: number): string[] {
  const lines = [
    `label=${quote(graph.title)};`,
    ...graph.nodes.map((node) => nodeLine(node, index)),
    ...graph.edges.map((edge) => edgeLine(edge, index)),
  ];
  return [`  subgraph cluster_${index} {`, ...lines.map((line) => `    ${line}`), "  }"];
}

const nodeLine = ({ id, kind, label }: GraphNode, index: number): string =>
  `p${index}${id} [label=${quote(label)}, shape=${shapes[kind]}];`;

const edgeLine = ({ from, to, kind, label }: GraphEdge, index: number): string =>
  `p${index}${from} -> p${index}${to} [style=${styles[kind]}${label === "" ? "" : `, label=${quote(label)}`}];`;

const quote = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`;
