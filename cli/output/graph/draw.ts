import { dotText } from "./dot.ts";
import type { GraphForm } from "./forms.ts";
import type { Graph } from "./graph.ts";
import { mermaidText } from "./mermaid.ts";
import { svgText } from "./svg.ts";

export const draw = {
  mermaid: mermaidText,
  dot: dotText,
  svg: svgText,
} as const satisfies Record<GraphForm, (graphs: readonly Graph[]) => string>;
