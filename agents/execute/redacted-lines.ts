/**
 * Lines of a log without the secrets in them. Lines of a process that grow too long come in several pieces, or without
 * their ends: of what stands at such a border, the beginning is known by itself, and the rest by what went before.
 */
import { maxLineCharacters } from "../pool/output-lines.ts";
import { type ObtainedSecrets, redacted } from "./obtained-secrets.ts";

/** What the next piece begins with if the last one ended within a secret. */
type Rest = string;

export class RedactedLines {
  readonly #secrets: ObtainedSecrets;
  /** Of each step whose last line was cut within what may be a secret. */
  readonly #rests = new Map<string, readonly Rest[]>();

  constructor(secrets: ObtainedSecrets) {
    this.#secrets = secrets;
  }

  redact(node: string, line: string): string {
    if (this.#secrets.isEmpty) return line;
    const rests = this.#rests.get(node) ?? [];
    this.#rests.delete(node);
    const isCut = line.length >= maxLineCharacters;
    const begun = rests.filter((rest) => line.startsWith(rest)).map((rest) => rest.length);
    const start = Math.max(0, ...begun);
    if (isCut && rests.some((rest) => rest.startsWith(line))) {
      this.#remember(
        node,
        rests.filter((rest) => rest.startsWith(line)).map((rest) => rest.slice(line.length)),
      );
      return redacted;
    }
    const text = line.slice(start);
    const head = start === 0 ? "" : redacted;
    return head + (isCut ? this.#redactCut(node, text) : this.#secrets.redact(text));
  }

  /** Its end may be the beginning of a secret. */
  #redactCut(node: string, line: string): string {
    const mark = line.endsWith("…") ? 1 : 0;
    const text = line.slice(0, line.length - mark);
    const cuts = this.#secrets.forms.flatMap(({ text: form }) => cutsOf(text, form));
    this.#remember(
      node,
      cuts.map(({ rest }) => rest),
    );
    const kept = Math.min(text.length, ...cuts.map(({ at }) => at));
    const tail = kept === text.length ? "" : redacted;
    return this.#secrets.redact(text.slice(0, kept)) + tail + line.slice(text.length);
  }

  #remember(node: string, rests: readonly Rest[]): void {
    if (rests.length > 0) this.#rests.set(node, rests);
  }
}

/** Every way in which the text ends within the form: where the form begins, and what is left of it. */
function cutsOf(text: string, form: string): { readonly at: number; readonly rest: Rest }[] {
  const cuts: { at: number; rest: Rest }[] = [];
  const first = Math.max(0, text.length - form.length + 1);
  for (let at = text.indexOf(form.charAt(0), first); at !== -1; at = text.indexOf(form.charAt(0), at + 1)) {
    const beginning = text.slice(at);
    if (form.startsWith(beginning)) cuts.push({ at, rest: form.slice(beginning.length) });
  }
  return cuts;
}
