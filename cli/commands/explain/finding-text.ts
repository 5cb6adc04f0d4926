import { wrapText } from "../../output/wrap-text.ts";

/** A finding of the compiler, as its page has it. */
export interface Finding {
  readonly severity: string;
  readonly title: string;
  readonly explanation: string;
  /** Carets mark the place; `--- path` starts another file. */
  readonly wrong: string;
  /** What `validate` prints of it. */
  readonly printed: string;
  readonly right: string;
}

export function findingText(code: string, finding: Finding, width: number): string {
  const { severity, title, explanation, wrong, printed, right } = finding;
  return [
    `${code}: ${severity === "error" ? "an error" : "a warning"} of the compiler`,
    "",
    `  ${title}`,
    "",
    ...wrapText(explanation, width - 2).map(indent),
    ...section("Wrong", wrong),
    ...section("It prints", printed),
    ...section("Right", right),
  ].join("\n");
}

const section = (title: string, text: string): string[] => ["", `${title}:`, "", ...text.split("\n").map(indent)];

const indent = (line: string): string => (line === "" ? "" : `  ${line}`);
