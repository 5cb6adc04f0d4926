/** `|U.Error.Raise`, `.Aggregate`, `.Log` and `|U.Assert`. */
import type { CanonicalValue } from "@polyglot/contracts";
import { define, Given, Refused } from "./given.ts";
import { type LibraryEnd, type LibraryFunction, problem } from "./library-function.ts";
import { textOfValue } from "./text-of-value.ts";

const errorType = /^(?:pg|py|js|rust|cpp)\\!(\w+(?:::\w+)*)$/;

/** Kills come from outside of a run, never from a line of it. */
const notRaised: ReadonlySet<string> = new Set(["pg\\!Any", "pg\\!KilledError"]);

const raise: LibraryFunction = {
  parameters: [["message", "type"]],
  run: (values, context): LibraryEnd => {
    const given = new Given(values, context);
    const type = typeOf(values.type);
    const name = errorType.exec(type)?.[1];
    if (name === undefined || notRaised.has(type)) {
      return problem("ValidationError", `'type' is an error type like pg\\!ValidationError, got '${type}'`);
    }
    return { kind: "error", error: { type, lineage: [name], message: textOf(given.any("message")) } };
  },
};

const typeOf = (value: CanonicalValue = "pg\\!RuntimeError"): string =>
  typeof value === "string" ? value : JSON.stringify(value);

function textOf(value: CanonicalValue): string {
  const text = textOfValue(value);
  return text.kind === "text" ? text.text : text.what;
}

/** An error as a handler's variable has it, or anything else as text. */
function describe(value: CanonicalValue): string {
  if (value === null || typeof value !== "object" || !("type" in value) || !("message" in value)) return textOf(value);
  return `${textOf(value.type)}: ${textOf(value.message)}`;
}

export const raising: Readonly<Record<string, LibraryFunction>> = {
  "U.Error.Raise": raise,
  "U.Error.Aggregate": define("errors", (given) => {
    const errors = given.list("errors");
    if (errors.length === 0) return undefined;
    throw new Refused("RuntimeError", `${errors.length} errors: ${errors.map(describe).join("; ")}`);
  }),
  "U.Error.Log": define("error", (given) => {
    given.context.log("error", describe(given.any("error")));
    return undefined;
  }),
  "U.Assert": define("condition, message", (given) => {
    if (given.bool("condition")) return undefined;
    throw new Refused("ValidationError", given.has("message") ? given.text("message") : "the assertion does not hold");
  }),
};
