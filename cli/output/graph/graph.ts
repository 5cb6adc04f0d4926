/** The flow of one pipeline as nodes and edges: what the forms that draw it have in common. */
export type NodeKind = "trigger" | "start" | "step" | "fork" | "join" | "switch" | "handler" | "exit" | "end";
export type EdgeKind =
  /** A value goes along; the label names it. */
  | "data"
  /** One follows the other. */
  | "order"
  /** Taken when a switch or a handler says so. */
  | "choice";

export interface GraphNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly label: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** Empty where there is nothing to say. */
  readonly label: string;
}

export interface Graph {
  readonly title: string;
  /** Every edge goes from an earlier node to a later one. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}
