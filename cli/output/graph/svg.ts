import type { EdgeKind, Graph, NodeKind } from "./graph.ts";
import { layoutGraph, nodeHeight, type PlacedEdge, type PlacedNode, type Point } from "./layout.ts";

const fills = {
  trigger: "#fff3d6",
  start: "#dbeafe",
  step: "#ffffff",
  fork: "#e6f4ea",
  join: "#e6f4ea",
  switch: "#f3e8ff",
  handler: "#fde8e8",
  exit: "#fde8e8",
  end: "#dbeafe",
} as const satisfies Record<NodeKind, string>;

const strokes = {
  data: 'stroke-width="2"',
  order: 'stroke-width="1"',
  choice: 'stroke-width="1" stroke-dasharray="5 4"',
} as const satisfies Record<EdgeKind, string>;

const titleHeight = 36;

/** One drawing, the pipelines below each other; complete in itself, so that any browser shows it. */
export function svgText(graphs: readonly Graph[]): string {
  let height = 0;
  let width = 0;
  const parts = graphs.map((graph) => {
    const layout = layoutGraph(graph);
    const lines = [
      `<g transform="translate(0 ${height})">`,
      `<text x="16" y="24" font-weight="bold">${escape(graph.title)}</text>`,
      `<g transform="translate(0 ${titleHeight})">`,
      ...layout.edges.map(edgeText),
      ...layout.nodes.map(nodeText),
      ...layout.edges.flatMap(labelText),
      "</g>",
      "</g>",
    ];
    height += titleHeight + layout.height;
    width = Math.max(width, layout.width);
    return lines.join("\n");
  });
  return [head(width, height), ...parts, "</svg>"].join("\n");
}

const head = (width: number, height: number): string => `\
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" \
font-family="monospace" font-size="12">
<rect width="100%" height="100%" fill="#ffffff"/>
<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" \
markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 10 5 0 10z" fill="#475569"/></marker></defs>`;

function nodeText({ node, x, y, width }: PlacedNode): string {
  const corner = node.kind === "step" || node.kind === "handler" ? 3 : nodeHeight / 2;
  return [
    `<rect x="${x - width / 2}" y="${y - nodeHeight / 2}" width="${width}" height="${nodeHeight}" rx="${corner}" \
fill="${fills[node.kind]}" stroke="#475569"/>`,
    `<text x="${x}" y="${y + 4}" text-anchor="middle">${escape(node.label)}</text>`,
  ].join("\n");
}

function edgeText({ edge, points }: PlacedEdge): string {
  return `<path d="${curve(points)}" fill="none" stroke="#475569" ${strokes[edge.kind]} marker-end="url(#arrow)"/>`;
}

/** Above all lines, with an edge of the background's colour, so that it is read where it crosses one. */
function labelText({ edge: { label }, labelAt: { x, y } }: PlacedEdge): string[] {
  if (label === "") return [];
  const halo = 'stroke="#ffffff" stroke-width="4" stroke-linejoin="round" paint-order="stroke"';
  return [
    `<text x="${x}" y="${y + 4}" text-anchor="middle" fill="#475569" font-size="11" ${halo}>${escape(label)}</text>`,
  ];
}

/** From point to point with vertical tangents, so that an edge passes between the nodes of the rows that it crosses. */
function curve(points: readonly Point[]): string {
  return points
    .map(({ x, y }, index) => {
      const before = points[index - 1];
      if (before === undefined) return `M${x} ${y}`;
      const middle = (before.y + y) / 2;
      return `C${before.x} ${middle} ${x} ${middle} ${x} ${y}`;
    })
    .join("");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string): string => text.replace(/[&<>"]/g, (mark) => entities[mark] ?? mark);
