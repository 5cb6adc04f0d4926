/** Collects the findings of one file: all of them in one run, at most as many as a person reads. */
import type { SourceFile, Span } from "../source/source-file.ts";
import { type Problem, problems } from "./catalogue.ts";
import { compareDiagnostics, type Diagnostic } from "./diagnostic.ts";

/** Findings per file that are kept; the rest is counted. */
export const maxFindingsPerFile = 1000;

export class Findings {
  readonly #source: SourceFile;
  readonly #kept: Diagnostic[] = [];
  #dropped = 0;
  #errors = 0;

  constructor(source: SourceFile) {
    this.#source = source;
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  report<Details extends readonly unknown[]>(problem: Problem<Details>, at: Span, ...details: Details): void {
    if (problem.severity === "error") this.#errors++;
    if (this.#kept.length >= maxFindingsPerFile) {
      this.#dropped++;
      return;
    }
    const start = this.#source.position(at.start);
    const end = this.#source.position(at.end);
    const hint = problem.hint?.(...details);
    this.#kept.push({
      file: this.#source.path,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      severity: problem.severity,
      code: problem.code,
      message: problem.message(...details),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** In the order of places; the count of what was dropped comes last. */
  list(): Diagnostic[] {
    const sorted = this.#kept.toSorted(compareDiagnostics);
    if (this.#dropped === 0) return sorted;
    const end = this.#source.position(this.#source.text.length);
    const { code, severity, message } = problems.tooManyFindings;
    const place = { line: end.line, column: end.column, endLine: end.line, endColumn: end.column };
    return [...sorted, { file: this.#source.path, ...place, severity, code, message: message(this.#dropped) }];
  }
}
