/** What a trial came to against what its test expects. Pure: each difference is one text, empty lists are a pass. */
import {
  type CanonicalValue,
  canonicalJson,
  type ExpectedEnd,
  type StubTarget,
  type TrialAnswer,
} from "@polyglot/contracts";
import { valueText } from "../output/value-text.ts";
import type { CallNames } from "./call-names.ts";

type Names = Pick<CallNames, "find" | "spell">;

export function judge(expected: ExpectedEnd, answer: TrialAnswer, names: Names): string[] {
  return [
    ...outcome(expected, answer),
    ...exit(expected, answer),
    ...outputs(expected, answer),
    ...error(expected, answer),
    ...order(expected, answer, names),
    ...calls(expected, answer, names),
    ...logs(expected, answer),
  ];
}

function outcome({ outcome: said, error: raised }: ExpectedEnd, answer: TrialAnswer): string[] {
  const wanted = said ?? (raised === undefined ? "succeeded" : "failed");
  if (wanted === answer.outcome) return [];
  return [`outcome: expected ${wanted}, got ${answer.outcome}${reason(answer)}`];
}

function reason({ error: raised, waitsFor }: TrialAnswer): string {
  if (raised !== undefined) {
    const at = raised.step === "" ? "" : ` at ${raised.step}`;
    const trace = raised.trace === "" ? "" : `\n${indented(raised.trace)}`;
    return `${at}: ${raised.type}: ${raised.message}${trace}`;
  }
  return waitsFor.length === 0 ? "" : `: it waits for people at ${waitsFor.join(", ")}; stub '|U.Approve'`;
}

function exit({ exit: wanted }: ExpectedEnd, { exitCode }: TrialAnswer): string[] {
  if (wanted === undefined || wanted === exitCode) return [];
  return [`exit: expected ${wanted}, got ${exitCode ?? "no |Exit"}`];
}

function outputs({ outputs: wanted = {} }: ExpectedEnd, { outcome: end, outputs: got }: TrialAnswer): string[] {
  // Why it failed is said already.
  if (end !== "succeeded") return [];
  return Object.entries(wanted).flatMap(([name, value]) => {
    const given = got[name];
    if (given === undefined) return [`outputs.${name}: expected ${valueText(value)}, got no such output`];
    return isEqual(given, value) ? [] : [difference(`outputs.${name}`, value, given)];
  });
}

/** On one line where both fit, else one above the other. */
const lineWidth = 72;

function difference(what: string, wanted: CanonicalValue, got: CanonicalValue): string {
  const [first, second] = [valueText(wanted), valueText(got)];
  if (first.length + second.length < lineWidth) return `${what}: expected ${first}, got ${second}`;
  return `${what} is another value\n${changedLines(wanted, got)}`;
}

/** Lines that are the same on both sides stand once; the others with `-` for what was expected and `+` for what came. */
function changedLines(wanted: CanonicalValue, got: CanonicalValue): string {
  const [before, after] = [prettyLines(wanted), prettyLines(got)];
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const context = 2;
  const shown = [
    ...before.slice(Math.max(0, start - context), start).map((line) => `  ${line}`),
    ...before.slice(start, before.length - end).map((line) => `- ${line}`),
    ...after.slice(start, after.length - end).map((line) => `+ ${line}`),
    ...before.slice(before.length - end, before.length - end + context).map((line) => `  ${line}`),
  ];
  return indented(shown.join("\n"));
}

const prettyLines = (value: CanonicalValue): string[] =>
  JSON.stringify(JSON.parse(canonicalJson(value)), null, 2).split("\n");

/** A float that is integral is written with a tag, and a person writes `2`: both are that number here. */
export function isEqual(one: CanonicalValue, other: CanonicalValue): boolean {
  return canonicalJson(plainNumbers(one)) === canonicalJson(plainNumbers(other));
}

function plainNumbers(value: CanonicalValue): CanonicalValue {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plainNumbers);
  const entries = Object.entries(value);
  const [tag, content] = entries[0] ?? [];
  if (
    entries.length === 1 &&
    tag === "$float" &&
    typeof content === "string" &&
    /^-?\d+$/.test(content) &&
    content !== "-0"
  ) {
    return Number(content);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, plainNumbers(item)]));
}

function error({ error: wanted }: ExpectedEnd, { outcome: end, error: got }: TrialAnswer): string[] {
  if (wanted === undefined || end === "succeeded") return [];
  if (got === undefined) return ["error: expected one, got none"];
  return [
    ...unlike("error.type", wanted.type, got.type, (text) => text === got.type),
    ...unlike("error.message", wanted.message, got.message, (text) => got.message.includes(text)),
    ...unlike("error.step", wanted.step, got.step, (text) => text === got.step),
  ];
}

function unlike(what: string, wanted: string | undefined, got: string, fits: (text: string) => boolean): string[] {
  return wanted === undefined || fits(wanted) ? [] : [`${what}: expected ${wanted}, got ${got}`];
}

/** Each begins after the one before it; others may lie between. */
function order({ order: wanted = [] }: ExpectedEnd, { calls: made }: TrialAnswer, names: Names): string[] {
  let from = 0;
  for (const [index, word] of wanted.entries()) {
    const named = names.find(word);
    if (named.kind === "unknown") return [`order: ${named.message}`];
    const found = made.findIndex((call, at) => at >= from && isCallOf(call, named.target));
    if (found === -1)
      return [
        notBegun(
          word,
          wanted[index - 1],
          made.map(({ target }) => names.spell(target)),
        ),
      ];
    from = found + 1;
  }
  return [];
}

function notBegun(word: string, before: string | undefined, begun: readonly string[]): string {
  const after = before === undefined ? "" : ` after ${before}`;
  return `order: ${word} did not begin${after}; steps as they began: ${begun.join(", ") || "none"}`;
}

function isCallOf(call: TrialAnswer["calls"][number], target: StubTarget): boolean {
  return "node" in target ? call.node === target.node : canonicalJson(call.target) === canonicalJson(target);
}

function calls({ calls: wanted = {} }: ExpectedEnd, { calls: made }: TrialAnswer, names: Names): string[] {
  return Object.entries(wanted).flatMap(([word, expected]) => {
    const named = names.find(word);
    if (named.kind === "unknown") return [`calls: ${named.message}`];
    const own = made.filter((call) => isCallOf(call, named.target)).map((call) => call.arguments);
    const count = typeof expected === "number" ? expected : expected.length;
    if (own.length !== count) return [`calls.${word}: expected ${times(count)}, got ${times(own.length)}`];
    if (typeof expected === "number") return [];
    return expected.flatMap((given, index) => {
      const got = own[index] ?? [];
      return isEqual(got, given) ? [] : [difference(`calls.${word}, the ${index + 1}.`, given, got)];
    });
  });
}

const times = (count: number): string => (count === 0 ? "no call" : `${count} call${count === 1 ? "" : "s"}`);

function logs({ logs: wanted = [] }: ExpectedEnd, { logs: lines }: TrialAnswer): string[] {
  let from = 0;
  for (const part of wanted) {
    const found = lines.findIndex(({ text }, index) => index >= from && text.includes(part));
    if (found === -1)
      return [
        notLogged(
          part,
          from > 0,
          lines.map(({ text }) => text),
        ),
      ];
    from = found + 1;
  }
  return [];
}

function notLogged(part: string, isLater: boolean, lines: readonly string[]): string {
  const what = `logs: no line has '${part}'${isLater ? " after the one before it" : ""}`;
  return lines.length === 0 ? `${what}; nothing was logged` : `${what}\n${indented(lines.join("\n"))}`;
}

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
