import type { Explanation } from "@polyglot/compiler";
import { programs } from "./gen/programs.ts";

/** `…` stands for what the finding names of a program. */
export function findingText({ code, severity, message, hint }: Explanation): string {
  const head = `${code}: ${severity === "error" ? "an error" : "a warning"} of the compiler`;
  const program = programs.get(code);
  return [
    head,
    "",
    `  ${message}`,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    ...(program === undefined
      ? []
      : ["", "A program that has it:", "", ...program.split("\n").map((line) => `  ${line}`)]),
  ].join("\n");
}
