import type { Explanation } from "@polyglot/compiler";

/** `…` stands for what the finding names of a program. */
export function findingText({ code, severity, message, hint }: Explanation): string {
  const head = `${code}: ${severity === "error" ? "an error" : "a warning"} of the compiler`;
  return [head, "", `  ${message}`, ...(hint === undefined ? [] : [`  hint: ${hint}`])].join("\n");
}
