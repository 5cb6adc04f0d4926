/** Elements: what stands in the brackets at the start of a line, in its compact and its long form. */
export type ElementKind =
  | "import"
  | "define"
  | "exit"
  | "enum"
  | "pipeline"
  | "macro"
  | "inject"
  | "input"
  | "trigger"
  | "queue"
  | "wrap"
  | "setup"
  | "run"
  | "fork"
  | "back"
  | "join"
  | "switch"
  | "error"
  | "clean"
  | "output";

/** `deeper` is `[~]`, `continue` is `[^]`. */
export type ElementWord = ElementKind | "deeper" | "continue";

/** The form that the formatter writes stands first. */
export const elementForms = {
  import: ["@", "import"],
  define: ["D", "define"],
  exit: ["x", "exit"],
  enum: ["#", "e", "enum"],
  pipeline: ["|", "pipeline"],
  macro: ["m", "macro"],
  inject: ["v", "inject"],
  input: ["i", "input"],
  trigger: ["t", "trigger"],
  queue: ["Q", "queue"],
  wrap: ["w", "wrap"],
  setup: ["\\", "setup"],
  run: ["r", "run"],
  fork: ["f", "fork"],
  back: ["b", "back"],
  join: ["j", "y", "join"],
  switch: ["?", "switch"],
  error: ["!", "error"],
  clean: ["/", "clean"],
  output: ["o", "output"],
  deeper: ["~", "sub"],
  continue: ["^", "con"],
} as const satisfies Record<ElementWord, readonly [string, ...string[]]>;

const byForm = new Map<string, ElementWord>();
for (const [word, forms] of Object.entries(elementForms)) {
  for (const form of forms) byForm.set(form.toLowerCase(), word as ElementWord);
}

/** The text between the brackets; the case of letters does not matter. */
export function parseElement(inside: string): ElementWord | undefined {
  return byForm.get(inside.toLowerCase());
}

/** As messages name it: `[r]`. */
export function elementText(kind: ElementWord): string {
  return `[${elementForms[kind][0]}]`;
}

export const elementNames: readonly string[] = [...byForm.keys()];
