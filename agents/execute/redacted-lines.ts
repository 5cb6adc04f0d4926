/**
 * Lines of a log without the secrets in them. Lines of a process that grow too long come in several pieces, or without
 * their ends: of what stands at such a border, the beginning is known by itself, and the rest by what went before.
 */
import { maxLineCharacters } from "../pool/output-lines.ts";
import { type ObtainedSecrets, redacted } from "./obtained-secrets.ts";

/** What a step's last line leaves open. */
interface Border {
  /** It was as long as a line can be. What is left of the same one may follow in a shorter piece, and be cut again. */
  readonly isFull: boolean;
  /** With what the next piece begins, if the line ended within a secret. */
  readonly rests: readonly string[];
}

export class RedactedLines {
  readonly #secrets: ObtainedSecrets;
  /** By step; of most there is nothing to say. */
  readonly #borders = new Map<string, Border>();

  constructor(secrets: ObtainedSecrets) {
    this.#secrets = secrets;
  }

  redact(node: string, line: string): string {
    if (this.#secrets.isEmpty) return line;
    const { isFull: followsFull = false, rests = [] } = this.#borders.get(node) ?? {};
    this.#borders.delete(node);
    const isFull = line.length >= maxLineCharacters;
    const inner = rests.filter((rest) => rest.length > line.length && rest.startsWith(line));
    if (inner.length > 0) {
      this.#borders.set(node, { isFull, rests: inner.map((rest) => rest.slice(line.length)) });
      return redacted;
    }
    const begun = Math.max(0, ...rests.filter((rest) => line.startsWith(rest)).map((rest) => rest.length));
    const text = line.slice(begun);
    const shown = isFull || followsFull ? this.#redactCut(node, text, isFull) : this.#secrets.redact(text);
    return begun === 0 ? shown : redacted + shown;
  }

  /** The end of the text may be the beginning of a secret. */
  #redactCut(node: string, line: string, isFull: boolean): string {
    const text = line.endsWith("…") ? line.slice(0, -1) : line;
    const cuts = this.#secrets.forms.flatMap(({ text: form }) => cutsOf(text, form));
    if (isFull || cuts.length > 0) this.#borders.set(node, { isFull, rests: cuts.map(({ rest }) => rest) });
    const ends = cuts.map(({ at }) => ({ start: at, end: text.length }));
    return this.#secrets.redact(text, ends) + line.slice(text.length);
  }
}

/** Every way in which the text ends within the form: where the form begins, and what is left of it. */
function cutsOf(text: string, form: string): { readonly at: number; readonly rest: string }[] {
  const cuts: { at: number; rest: string }[] = [];
  const first = Math.max(0, text.length - form.length + 1);
  for (let at = text.indexOf(form.charAt(0), first); at !== -1; at = text.indexOf(form.charAt(0), at + 1)) {
    const beginning = text.slice(at);
    if (form.startsWith(beginning)) cuts.push({ at, rest: form.slice(beginning.length) });
  }
  return cuts;
}
