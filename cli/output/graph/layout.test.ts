import { expect, test } from "vitest";
import type { Graph, GraphNode } from "./graph.ts";
import { layoutGraph, nodeHeight } from "./layout.ts";

const node = (id: string): GraphNode => ({ id, kind: "step", label: `step ${id}` });
const edge = (from: string, to: string): Graph["edges"][number] => ({ from, to, kind: "order", label: "" });

/** Side by side in the middle, and one edge past both. */
const graph: Graph = {
  title: "diamond",
  nodes: ["a", "b", "c", "d", "e"].map(node),
  edges: [edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d"), edge("a", "e"), edge("d", "e")],
};

test("no two nodes overlap, and all lie inside the drawing", () => {
  const { nodes, width, height } = layoutGraph(graph);
  const overlapping = nodes.filter((a) =>
    nodes.some((b) => a !== b && a.y === b.y && Math.abs(a.x - b.x) < (a.width + b.width) / 2),
  );
  expect(overlapping).toEqual([]);
  expect(nodes.every((a) => a.x - a.width / 2 >= 0 && a.x + a.width / 2 <= width)).toBe(true);
  expect(nodes.every((a) => a.y - nodeHeight / 2 >= 0 && a.y + nodeHeight / 2 <= height)).toBe(true);
});

test("each edge goes down", () => {
  const { edges } = layoutGraph(graph);
  const rising = edges.filter(({ points }) => points.some((point, index) => point.y <= (points[index - 1]?.y ?? -1)));
  expect(rising).toEqual([]);
});

test("labels of edges side by side do not overlap, long as they are", () => {
  const label = "file_with_the_orders_of_the_north";
  const labelled = {
    ...graph,
    edges: graph.edges.map((one) => (one.from === "a" ? { ...one, label } : one)),
  };
  const placed = layoutGraph(labelled).edges.filter((one) => one.edge.label !== "");
  const [first = 0, second = 0, third = 0] = placed.map(({ labelAt }) => labelAt.x).toSorted((a, b) => a - b);
  const width = (placed[0]?.edge.label.length ?? 0) * 6.6;
  expect(placed.every(({ edge: { label: shown } }) => shown.endsWith("…"))).toBe(true);
  expect(second - first).toBeGreaterThan(width);
  expect(third - second).toBeGreaterThan(width);
});

test("an edge over several rows bends beside the nodes that it passes", () => {
  const { edges, nodes } = layoutGraph(graph);
  const long = edges.find((placed) => placed.edge.from === "a" && placed.edge.to === "e");
  const bends = long?.points.slice(1, -1) ?? [];
  expect(bends).toHaveLength(2);
  const hit = bends.filter((bend) => nodes.some((at) => at.y === bend.y && Math.abs(at.x - bend.x) <= at.width / 2));
  expect(hit).toEqual([]);
});
