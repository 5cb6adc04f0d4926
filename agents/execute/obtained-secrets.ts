/**
 * The secrets that an attempt has got. What leaves it as text goes through `redact`; what would be kept is asked with
 * `nameIn` whether it holds one. Within the attempt values stay as they are.
 */
import type { CanonicalValue } from "@polyglot/contracts";
import type { RunError } from "./raised.ts";
import { formsOf, isMarker } from "./secret-forms.ts";

export const redacted = "[secret]";

/** As many characters of a form's beginning tell it, wherever what wrote the text has cut it. */
const beginningCharacters = 16;

interface Form {
  readonly name: string;
  readonly text: string;
}

/** A piece of a text: from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export class ObtainedSecrets {
  readonly #values = new Map<string, string>();
  readonly #forms: Form[] = [];

  get isEmpty(): boolean {
    return this.#forms.length === 0;
  }

  get forms(): readonly Form[] {
    return this.#forms;
  }

  /** `owner`: for whom it was got. Answers the value that counts: the first one stays for the whole attempt. */
  keep(owner: string, name: string, value: string): string {
    const key = `${owner}\n${name}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    this.#values.set(key, value);
    for (const text of formsOf(value)) {
      if (!this.#forms.some((form) => form.text === text)) this.#forms.push({ name, text });
    }
    return value;
  }

  kept(owner: string, name: string): string | undefined {
    return this.#values.get(`${owner}\n${name}`);
  }

  /** `others`: pieces of the text that are to go besides. */
  redact(text: string, others: readonly Span[] = []): string {
    if (this.isEmpty) return text;
    return replace(text, [...others, ...this.#forms.flatMap((form) => spansOf(text, form.text))]);
  }

  redactError<Error extends RunError>(error: Error): Error {
    if (this.isEmpty) return error;
    const { type, lineage, message, trace } = error;
    return {
      ...error,
      type: this.redact(type),
      lineage: lineage.map((name) => this.redact(name)),
      message: this.redact(message),
      trace: this.redact(trace),
    };
  }

  /** The name of a secret that the value holds; undefined where it holds none. */
  nameIn(value: CanonicalValue): string | undefined {
    if (this.isEmpty || value === null || typeof value === "boolean") return undefined;
    if (typeof value !== "object") return this.#nameInText(String(value));
    const parts = Array.isArray(value) ? (value as readonly CanonicalValue[]) : Object.entries(value).flat();
    for (const part of parts) {
      const name = this.nameIn(part);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  nameInBytes(bytes: Uint8Array): string | undefined {
    if (this.isEmpty) return undefined;
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this.#forms.find((form) => content.includes(form.text, 0, "utf8"))?.name;
  }

  #nameInText(text: string): string | undefined {
    return this.#forms.find((form) => text.includes(form.text))?.name;
  }
}

/** Puts the mark in place of the spans; of those that meet, one for all. */
function replace(text: string, spans: readonly Span[]): string {
  let answer = "";
  let at = 0;
  for (const { start, end } of merge(spans)) {
    answer += text.slice(at, start) + redacted;
    at = end;
  }
  return answer + text.slice(at);
}

function merge(spans: readonly Span[]): Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** Where the form stands, whole or with a long beginning. */
function spansOf(text: string, form: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
    spans.push({ start: at, end: at + form.length });
  }
  if (form.length <= beginningCharacters || isMarker(form)) return spans;
  const beginning = form.slice(0, beginningCharacters);
  let end = 0;
  for (let at = text.indexOf(beginning); at !== -1; at = text.indexOf(beginning, end)) {
    end = at + commonLength(text, at, form);
    spans.push({ start: at, end });
  }
  return spans;
}

function commonLength(text: string, at: number, form: string): number {
  let length = 0;
  while (length < form.length && text.charCodeAt(at + length) === form.charCodeAt(length)) length += 1;
  return length;
}
