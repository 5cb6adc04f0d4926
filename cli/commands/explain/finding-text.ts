import type { Explanation } from "@polyglot/compiler";
import { programs } from "./gen/programs.ts";

/** `…` stands for what the finding names of a program. */
export function findingText({ code, severity, message, hint }: Explanation): string {
  const head = `${code}: ${severity === "error" ? "an error" : "a warning"} of the compiler`;
  const { wrong, right } = programs.get(code) ?? {};
  const advice = hint === undefined ? [] : [`  hint: ${hint}`];
  return [head, "", `  ${message}`, ...advice, ...section("Wrong", wrong), ...section("Right", right)].join("\n");
}

function section(title: string, program: string | undefined): string[] {
  return program === undefined ? [] : ["", `${title}:`, "", ...program.split("\n").map((line) => `  ${line}`)];
}
