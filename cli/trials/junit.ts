/** Results in the form that CI systems read (JUnit's XML). */
import type { TestResult } from "./run-tests.ts";

export function junitText(results: readonly TestResult[]): string {
  const files = [...new Set(results.map(({ file }) => file))];
  const suites = files.map((file) =>
    suiteText(
      file,
      results.filter((result) => result.file === file),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}

function suiteText(file: string, results: readonly TestResult[]): string {
  const failures = results.filter(({ problems }) => problems.length > 0).length;
  const seconds = inSeconds(results.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const head = `  <testsuite name="${escaped(file)}" tests="${results.length}" failures="${failures}" time="${seconds}">`;
  return [head, ...results.map(caseText), "  </testsuite>"].join("\n");
}

function caseText({ file, line, name, problems, durationMs }: TestResult): string {
  const head = `    <testcase classname="${escaped(file)}" name="${escaped(name)}" file="${escaped(file)}" line="${line}" time="${inSeconds(durationMs)}"`;
  if (problems.length === 0) return `${head}/>`;
  const message = escaped((problems[0] ?? "").split("\n")[0] ?? "");
  return `${head}>\n      <failure message="${message}">${escaped(problems.join("\n"))}</failure>\n    </testcase>`;
}

const inSeconds = (ms: number): string => (ms / 1000).toFixed(3);

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};

/** Control characters, for which XML has no place, are left out. */
const escaped = (text: string): string =>
  text.replace(/(?![\n\t])\p{Cc}/gu, "").replace(/[&<>"\n]/g, (found) => entities[found] ?? found);
