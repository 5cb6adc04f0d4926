/** `|U.Approve`: the branch waits for a person. Nothing of it stays in memory: the attempt ends, and another goes on. */
import type { CanonicalValue } from "@polyglot/contracts";
import { contentOf } from "../stdlib/tagged.ts";
import { textOfValue } from "../stdlib/text-of-value.ts";
import type { CallEnd, GivenArgument } from "./call.ts";
import type { ApprovalQuestion, Decision } from "./checkpoints.ts";
import { failed } from "./flow.ts";
import type { Frame } from "./frame.ts";
import type { Place } from "./journal.ts";
import { at, type PolyglotErrorName, type RunError, raised } from "./raised.ts";

const limits = { messageCharacters: 4_096, timeoutSeconds: 10 * 366 * 86_400 } as const;

export const approval = "U.Approve";

export const isApproval = (name: string): boolean => name === approval;

export async function approve(
  given: readonly GivenArgument[],
  frame: Frame,
  node: string,
  place: Place | undefined,
): Promise<CallEnd> {
  const { journal } = frame;
  if (journal === undefined || place === undefined) {
    return fail(node, "ValidationError", `'${approval}' stands in the run phase, outside of background branches`);
  }
  const decided = journal.decisionAt(place);
  if (decided !== undefined && decided.decision !== "undecided") return endingOf(decided, node);
  const question = questionOf(given, place);
  if (typeof question === "string") return fail(node, "ValidationError", question);
  try {
    if (decided === undefined) await journal.ask(question);
    return { kind: "flow", flow: { kind: "waits", places: [place.key] } };
  } catch (problem) {
    return fail(node, "RuntimeError", `nobody could be asked: ${(problem as Error).message}`);
  }
}

/** What a person, or the end of the time, decided: another attempt would come to the same. */
function endingOf({ decision, decidedBy, reply }: Decision, node: string): CallEnd {
  if (decision === "approved") return { kind: "values", values: [decidedBy] };
  const error =
    decision === "rejected"
      ? raised("PermissionError", `rejected by ${decidedBy}${reply === "" ? "" : `: ${reply}`}`)
      : raised("TimeoutError", "nobody approved in time");
  return { kind: "flow", flow: failed({ ...at(node, error), isFinal: true } satisfies RunError) };
}

/** A sentence where an argument is of no use. */
function questionOf(given: readonly GivenArgument[], { key }: Place): ApprovalQuestion | string {
  const { message = "", timeout = null } = byName(given);
  const text = typeof message === "string" ? message : textOf(message);
  if (text.length > limits.messageCharacters || text.includes("\0")) {
    return `message has at most ${limits.messageCharacters} characters and no U+0000, got ${text.length} characters`;
  }
  if (timeout === null) return { place: key, message: text };
  const seconds = secondsOf(timeout);
  if (seconds !== undefined) return { place: key, message: text, timeoutSeconds: seconds };
  return `timeout is a duration without months of at most ${limits.timeoutSeconds} s, got ${JSON.stringify(timeout).slice(0, 200)}`;
}

const parameters = ["message", "timeout"] as const;

function byName(given: readonly GivenArgument[]): { readonly [name: string]: CanonicalValue } {
  const named = new Set(given.map((argument) => argument.name));
  const unnamed = parameters.filter((parameter) => !named.has(parameter)).values();
  return Object.fromEntries(given.map(({ name, value }) => [name ?? unnamed.next().value ?? "", value]));
}

function textOf(value: CanonicalValue): string {
  const text = textOfValue(value);
  return text.kind === "text" ? text.text : text.what;
}

function secondsOf(value: CanonicalValue): number | undefined {
  const content = contentOf(value, "$duration");
  const { months, seconds } = (content ?? { months: 1, seconds: 0 }) as { months: number; seconds: number };
  return months === 0 && seconds >= 0 && seconds <= limits.timeoutSeconds ? seconds : undefined;
}

function fail(node: string, name: PolyglotErrorName, message: string): CallEnd {
  return { kind: "flow", flow: failed(at(node, raised(name, message))) };
}
