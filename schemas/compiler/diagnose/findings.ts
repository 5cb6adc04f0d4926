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

/** What one piece of work reported, to be reported again where the work need not be done again. */
export interface Recorded {
  readonly found: readonly Diagnostic[];
  /** How often a hint on spelling was asked for. */
  readonly hints: number;
}

/** Hints that are left to all files of a compile. */
export interface HintBudget {
  left: number;
}

export class Findings {
  readonly #source: SourceFile;
  readonly #kept: Diagnostic[] = [];
  readonly #recorders: { found: Diagnostic[]; hints: number }[] = [];
  #dropped = 0;
  #errors = 0;
  #hints = 0;
  #budget: HintBudget = { left: Number.POSITIVE_INFINITY };

  constructor(source: SourceFile) {
    this.#source = source;
  }

  shareHints(budget: HintBudget): void {
    this.#budget = budget;
  }

  /** Those of the same file, as they are now: what is reported to one is not reported to the other. */
  copy(): Findings {
    const copy = new Findings(this.#source);
    copy.#kept.push(...this.#kept);
    copy.#dropped = this.#dropped;
    copy.#errors = this.#errors;
    copy.#hints = this.#hints;
    return copy;
  }

  /** What `work` reports here, apart from what a nested recording has. */
  record<Result>(work: () => Result): { readonly result: Result; readonly recorded: Recorded } {
    const recorder: { found: Diagnostic[]; hints: number } = { found: [], hints: 0 };
    this.#recorders.push(recorder);
    try {
      return { result: work(), recorded: recorder };
    } finally {
      this.#recorders.pop();
    }
  }

  replay({ found }: Recorded): void {
    for (const one of found) this.#keep(one);
  }

  /** Whether there were more than are kept. */
  get isOverfull(): boolean {
    return this.#dropped > 0;
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  get errors(): number {
    return this.#errors;
  }

  report<Details extends readonly unknown[]>(problem: Problem<Details>, at: Span, ...details: Details): void {
    if (this.#kept.length >= maxFindingsPerFile) {
      if (problem.severity === "error") this.#errors++;
      this.#dropped++;
      return;
    }
    const start = this.#source.position(at.start);
    const end = this.#source.position(at.end);
    const shown = details.map(clip) as unknown as Details;
    const hint = problem.hint?.(...shown);
    this.#keep({
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

  #keep(found: Diagnostic): void {
    if (found.severity === "error") this.#errors++;
    if (this.#kept.length >= maxFindingsPerFile) this.#dropped++;
    else this.#kept.push(found);
    this.#recorders.at(-1)?.found.push(found);
  }

  /** The nearest known name, for a hint. Looking costs as much as there are names, so only the first findings get one. */
  nearest(wrong: string, known: Iterable<string>): string | undefined {
    const recorder = this.#recorders.at(-1);
    if (recorder !== undefined) recorder.hints++;
    if (this.#hints >= maxHintsPerFile || this.#budget.left <= 0) return undefined;
    this.#hints++;
    this.#budget.left--;
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
