/** `|U.Log` and `|U.Console.`: lines in the execution's log. */
import type { CanonicalValue } from "@polyglot/contracts";
import { type LibraryFunction, type LogLevel, problem, values } from "./library-function.ts";
import { memberOf } from "./tagged.ts";
import { textOfValue } from "./text-of-value.ts";

const levels: readonly LogLevel[] = ["debug", "info", "warning", "error", "critical"];

const logAt = (level: LogLevel): LibraryFunction => ({
  parameters: [["message"]],
  run: ({ message = null }, context) => {
    context.log(level, textOf(message));
    return values();
  },
});

const logWithLevel: LibraryFunction = {
  parameters: [["message"], ["level", "message"]],
  run: ({ level = "Info", message = null }, context) => {
    const named = levelOf(level);
    if (named === undefined) return problem("ValidationError", `'${JSON.stringify(level)}' is no member of #LogLevel`);
    context.log(named, textOf(message));
    return values();
  },
};

function levelOf(value: CanonicalValue): LogLevel | undefined {
  const name = memberOf(value)?.toLowerCase();
  return levels.find((level) => level === name);
}

/** As inside of `"{…}"`; what has no text there is named. */
function textOf(value: CanonicalValue): string {
  const text = textOfValue(value);
  return text.kind === "text" ? text.text : `<${text.what}>`;
}

const rewriteLine: LibraryFunction = {
  parameters: [["text"]],
  run: ({ text = null }, context) => {
    context.logProgress(textOf(text));
    return values();
  },
};

/** What stands in a log stays there: a new page is all that can be begun. */
const formFeed = "\f";

const clear: LibraryFunction = {
  parameters: [[]],
  run: (_, context) => {
    context.log("info", formFeed);
    return values();
  },
};

export const logFunctions: Readonly<Record<string, LibraryFunction>> = {
  "U.Log": logWithLevel,
  "U.Log.Debug": logAt("debug"),
  "U.Log.Info": logAt("info"),
  "U.Log.Warning": logAt("warning"),
  "U.Log.Error": logAt("error"),
  "U.Log.Critical": logAt("critical"),
  "U.Console.Print": logAt("info"),
  "U.Console.RewriteLine": rewriteLine,
  "U.Console.Clear": clear,
};
