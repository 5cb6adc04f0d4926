/**
 * A layered drawing after Sugiyama, Tagawa and Toda (1981): nodes in rows by their longest way from the start, edges over
 * several rows cut into pieces by points of no size, rows ordered by the middle of their neighbours, then places in pixels.
 */
import type { Graph, GraphEdge, GraphNode } from "./graph.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedNode extends Point {
  readonly node: GraphNode;
  /** Pixels; x and y are the middle. */
  readonly width: number;
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  /** From the first node's lower side to the last one's upper side. */
  readonly points: readonly Point[];
  /** The middle of its label. */
  readonly labelAt: Point;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const nodeHeight = 32;
const characterWidth = 7.5;
const padding = 28;
const gap = 28;
const rowHeight = 84;
const bendWidth = 12;
const labelCharacterWidth = 6.8;
/** Characters of an edge's label that are shown. */
const maxLabelLength = 22;
/** Passes down and up after which the order hardly changes any more. */
const sweeps = 8;

/** A node or a bend in a row. */
interface Cell {
  readonly key: string;
  readonly width: number;
  readonly above: string[];
  readonly below: string[];
}

export function layoutGraph(graph: Graph): Layout {
  const rows = rankNodes(graph);
  const { table, chains } = cutEdges(graph, rows);
  orderRows(table);
  const places = placeRows(table);
  const nodes = graph.nodes.map((node) => ({ node, width: nodeWidth(node), ...placeOf(places, node.id) }));
  const edges = graph.edges.map((edge, index) => {
    const points = route(chains[index] ?? [], places);
    return { edge: { ...edge, label: clipLabel(edge.label) }, points, labelAt: placeLabel(edge, points, graph) };
  });
  return { ...extent(table), nodes, edges };
}

/** Nodes stand in an order in which every edge goes forward, so one pass is enough. */
function rankNodes(graph: Graph): ReadonlyMap<string, number> {
  const rows = new Map(graph.nodes.map((node) => [node.id, 0]));
  for (const node of graph.nodes) {
    const before = graph.edges.filter((edge) => edge.to === node.id);
    rows.set(node.id, Math.max(0, ...before.map((edge) => (rows.get(edge.from) ?? 0) + 1)));
  }
  return rows;
}

function cutEdges(graph: Graph, rows: ReadonlyMap<string, number>): { table: Cell[][]; chains: string[][] } {
  const table: Cell[][] = Array.from({ length: Math.max(0, ...rows.values()) + 1 }, () => []);
  const cells = new Map<string, Cell>();
  const put = (key: string, width: number, row: number): void => {
    const cell: Cell = { key, width, above: [], below: [] };
    cells.set(key, cell);
    table[row]?.push(cell);
  };
  for (const node of graph.nodes) put(node.id, cellWidth(node, graph, rows), rows.get(node.id) ?? 0);
  const chains = graph.edges.map((edge, index) => {
    const [first, last] = [rows.get(edge.from) ?? 0, rows.get(edge.to) ?? 0];
    const bends = Array.from({ length: Math.max(0, last - first - 1) }, (_, step) => `${index}.${step}`);
    // The label stands at the first bend, where the edge has a place of its own.
    const labelled = Math.max(bendWidth, labelWidth(edge));
    for (const [step, key] of bends.entries()) put(key, step === 0 ? labelled : bendWidth, first + step + 1);
    return [edge.from, ...bends, edge.to];
  });
  for (const chain of chains) {
    for (const [index, key] of chain.slice(1).entries()) {
      cells.get(key)?.above.push(chain[index] ?? "");
      cells.get(chain[index] ?? "")?.below.push(key);
    }
  }
  return { table, chains };
}

/** A node is at least as far from its neighbours as the labels of edges from the row above need. */
function cellWidth(node: GraphNode, { edges }: Graph, rows: ReadonlyMap<string, number>): number {
  const row = rows.get(node.id) ?? 0;
  const near = edges.filter((edge) => edge.to === node.id && rows.get(edge.from) === row - 1);
  return Math.max(nodeWidth(node), ...near.map((edge) => labelWidth(edge) / easeLabel(labelPart)));
}

function orderRows(table: Cell[][]): void {
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const row of isDown ? table : table.toReversed()) {
      const order = new Map(table.flatMap((cells) => cells.map((cell, index) => [cell.key, index] as const)));
      const middle = (cell: Cell): number => mean(isDown ? cell.above : cell.below, order) ?? order.get(cell.key) ?? 0;
      row.sort((a, b) => middle(a) - middle(b));
    }
  }
}

function mean(keys: readonly string[], order: ReadonlyMap<string, number>): number | undefined {
  if (keys.length === 0) return undefined;
  return keys.reduce((sum, key) => sum + (order.get(key) ?? 0), 0) / keys.length;
}

/** Each row is centred. */
function placeRows(table: readonly (readonly Cell[])[]): ReadonlyMap<string, Point> {
  const places = new Map<string, Point>();
  const middle = extent(table).width / 2;
  for (const [index, row] of table.entries()) {
    let x = middle - rowWidth(row) / 2;
    for (const { key, width } of row) {
      places.set(key, { x: x + width / 2, y: gap + nodeHeight / 2 + index * rowHeight });
      x += width + gap;
    }
  }
  return places;
}

function route(chain: readonly string[], places: ReadonlyMap<string, Point>): Point[] {
  return chain.map((key, index) => {
    const { x, y } = placeOf(places, key);
    if (index === 0) return { x, y: y + nodeHeight / 2 };
    return index === chain.length - 1 ? { x, y: y - nodeHeight / 2 } : { x, y };
  });
}

/** Without a bend, nearer to the end at which fewer edges meet. */
function placeLabel({ from, to }: GraphEdge, points: readonly Point[], { edges }: Graph): Point {
  const [first, second] = points;
  if (first === undefined || second === undefined) return { x: 0, y: 0 };
  if (points.length > 2) return second;
  const leaving = edges.filter((edge) => edge.from === from).length;
  const arriving = edges.filter((edge) => edge.to === to).length;
  const part = leaving === arriving ? 0.5 : leaving > arriving ? labelPart : 1 - labelPart;
  return { x: first.x + (second.x - first.x) * easeLabel(part), y: first.y + (second.y - first.y) * part };
}

/** How far along its edge a label stands, where more edges meet at the other end. */
const labelPart = 0.65;

/** How far to the side a curve with vertical ends is at a part of its way. */
const easeLabel = (part: number): number => 3 * part ** 2 - 2 * part ** 3;

const labelWidth = ({ label }: GraphEdge): number => clipLabel(label).length * labelCharacterWidth;

const clipLabel = (label: string): string =>
  label.length > maxLabelLength ? `${label.slice(0, maxLabelLength - 1)}…` : label;

const placeOf = (places: ReadonlyMap<string, Point>, key: string): Point => places.get(key) ?? { x: 0, y: 0 };
const nodeWidth = (node: GraphNode): number => Math.ceil(node.label.length * characterWidth) + padding;
const rowWidth = (row: readonly Cell[]): number => row.reduce((sum, cell) => sum + cell.width + gap, -gap);

function extent(table: readonly (readonly Cell[])[]): { width: number; height: number } {
  const width = Math.max(0, ...table.map(rowWidth)) + 2 * gap;
  return { width, height: 2 * gap + nodeHeight + (table.length - 1) * rowHeight };
}
