/** Collects the findings of one file: all of them in one run, at most as many as a person reads. */
import type { SourceFile, Span } from "../source/source-file.ts";
import { type Problem, problems } from "./catalogue.ts";
import { nearestName } from "./nearest.ts";
import { compareDiagnostics, type Diagnostic } from "./diagnostic.ts";

/** Findings per file that are kept; the rest is counted. */
export const maxFindingsPerFile = 1000;

/** Findings per file that get a hint on spelling. */
const maxHintsPerFile = 20;

/** Characters of the source in a message. */
const maxShown = 120;

function clip(detail: unknown): unknown {
  return typeof detail === "string" && detail.length > maxShown ? `${detail.slice(0, maxShown)}…` : detail;
}

export class Findings {
  readonly #source: SourceFile;
  readonly #kept: Diagnostic[] = [];
  #dropped = 0;
  #errors = 0;
  #hints = 0;

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
    const shown = details.map(clip) as unknown as Details;
    const hint = problem.hint?.(...shown);
    this.#kept.push({
      file: this.#source.path,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      severity: problem.severity,
      code: problem.code,
      message: problem.message(...shown),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** The nearest known name, for a hint. Looking costs as much as there are names, so only the first findings get one. */
  nearest(wrong: string, known: Iterable<string>): string | undefined {
    if (this.#hints >= maxHintsPerFile) return undefined;
    this.#hints++;
    return nearestName(wrong, known);
  }

  /** In the order of places; the count of what was dropped comes last. */
  list(): Diagnostic[] {
    const sorted = this.#kept.toSorted(compareDiagnostics);
    if (this.#dropped === 0) return sorted;
    const end = this.#source.position(this.#source.text.trimEnd().length);
    const { code, severity, message } = problems.tooManyFindings;
    const place = { line: end.line, column: end.column, endLine: end.line, endColumn: end.column };
    return [...sorted, { file: this.#source.path, ...place, severity, code, message: message(this.#dropped) }];
  }
}
