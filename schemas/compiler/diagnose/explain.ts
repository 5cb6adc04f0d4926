import { problems } from "./catalogue.ts";
import type { Severity } from "./diagnostic.ts";

/** What documentation and `polyglot explain` say of a code. */
export interface Explanation {
  readonly code: string;
  readonly severity: Severity;
  /** The message, with `…` for what it names of a program. */
  readonly message: string;
  readonly hint?: string;
}

interface Entry {
  readonly code: string;
  readonly severity: Severity;
  readonly message: (...details: never[]) => string;
  readonly hint?: (...details: never[]) => string | undefined;
}

const entries: readonly Entry[] = Object.values(problems);

/** All that the compiler can find, by code. */
export const explanations: readonly Explanation[] = entries.map(explain).toSorted((a, b) => (a.code < b.code ? -1 : 1));

function explain({ code, severity, message, hint }: Entry): Explanation {
  const advice = hint?.(...placeholders(hint));
  return { code, severity, message: message(...placeholders(message)), ...(advice !== undefined && { hint: advice }) };
}

/** Details are texts or numbers, and both print. */
function placeholders(write: (...details: never[]) => unknown): never[] {
  return Array.from({ length: write.length }, () => "…" as never);
}
