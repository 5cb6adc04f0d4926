/** `|W.Runtime.… << env: {…}`: variables of the processes that a pipeline's steps of one language run in. */
import { type CanonicalValue, isKeptVariable, isVariableName, type NativeLanguage, tagOf } from "@polyglot/contracts";

const families: Readonly<Record<string, NativeLanguage>> = { Python: "py", Node: "js", Rust: "rust", Cpp: "cpp" };

/** The language of a wrapper `W.Runtime.…`; undefined for any other. */
export function languageOfRuntime(wrapper: string): NativeLanguage | undefined {
  const family = /^W\.Runtime\.([A-Z][a-z]+)/.exec(wrapper)?.[1];
  return family === undefined ? undefined : families[family];
}

/** The argument of `W.Runtime.…` that is worked out when the wrapper opens. */
export const variablesArgument = "env";

const limits = {
  /** Variables of one wrapper. */
  variables: 256,
  /** Characters of all names and values together; the kernel takes 128 KiB for one. */
  characters: 64 * 1024,
} as const;

export type Variables = Readonly<Record<string, string>>;

/** A sentence where the value is of no use. */
export function variablesOf(value: CanonicalValue): Variables | string {
  if (value === null || typeof value !== "object" || Array.isArray(value) || tagOf(value) !== undefined)
    return "'env' is a dictionary of texts by name";
  const entries = Object.entries(value as Readonly<Record<string, CanonicalValue>>);
  const problem = entries.map(([name, text]) => problemOf(name, text)).find((found) => found !== undefined);
  return problem ?? withinLimits(Object.fromEntries(entries) as Variables);
}

function withinLimits(variables: Variables): Variables | string {
  const texts = Object.entries(variables).flat();
  const count = texts.length / 2;
  if (count > limits.variables) return `'env' has at most ${limits.variables} names, got ${count}`;
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  if (characters <= limits.characters) return variables;
  return `'env' has at most ${limits.characters} characters in all, got ${characters}`;
}

function problemOf(name: string, value: CanonicalValue): string | undefined {
  if (!isVariableName(name))
    return `a name in 'env' is of letters, digits and '_', got ${JSON.stringify(name.slice(0, 100))}`;
  if (isKeptVariable(name)) return `'env' cannot set ${name}: the agent decides it`;
  // Never the value itself: it may be a secret.
  if (typeof value !== "string") return `'env' has texts only, and ${name} is none`;
  return value.includes("\0") ? `the value of ${name} in 'env' holds a NUL character` : undefined;
}
