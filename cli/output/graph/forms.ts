/** Values of `--graph`. A file of its own, so that a list of flags loads none of what draws them. */
export const graphForms = ["mermaid", "dot", "svg"] as const;
export type GraphForm = (typeof graphForms)[number];
