import type { EdgeKind, Graph, GraphEdge, GraphNode, NodeKind } from "./graph.ts";

const shapes = {
  trigger: ["([", "])"],
  start: ["[[", "]]"],
  step: ["[", "]"],
  fork: ["[/", "/]"],
  join: ["[\\", "\\]"],
  switch: ["{", "}"],
  handler: [">", "]"],
  exit: ["(((", ")))"],
  end: ["([", "])"],
} as const satisfies Record<NodeKind, readonly [string, string]>;

const arrows = { data: "==>", order: "-->", choice: "-.->" } as const satisfies Record<EdgeKind, string>;

/** A flowchart; each pipeline is a subgraph. */
export function mermaidText(graphs: readonly Graph[]): string {
  return ["flowchart TD", ...graphs.flatMap((graph, index) => subgraph(graph, `p${index}`))].join("\n");
}

function subgraph(graph: Graph, prefix: string): string[] {
  const lines = [
    ...graph.nodes.map((node) => nodeLine(node, prefix)),
    ...graph.edges.map((edge) => edgeLine(edge, prefix)),
  ];
  return [`  subgraph ${prefix}[${quote(graph.title)}]`, ...lines.map((line) => `    ${line}`), "  end"];
}

function nodeLine({ id, kind, label }: GraphNode, prefix: string): string {
  const [open, close] = shapes[kind];
  return `${prefix}${id}${open}${quote(label)}${close}`;
}

function edgeLine({ from, to, kind, label }: GraphEdge, prefix: string): string {
  return `${prefix}${from} ${arrows[kind]}${label === "" ? "" : `|${quote(label)}|`} ${prefix}${to}`;
}

/** Mermaid reads entities in quoted text, and no escapes. */
const quote = (text: string): string => `"${text.replace(/[&"<>#|`\\]/g, (mark) => `#${mark.charCodeAt(0)};`)}"`;
