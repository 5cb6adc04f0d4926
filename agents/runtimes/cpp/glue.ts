/** The text that makes a module of a user's C++ code: the files that have the functions, and an entry for each that plans call. */
import type { ModuleFunction, ModuleSource } from "../language.ts";

/** `included`: absolute paths of files that declare or define the functions. */
export function glueOf({ functions }: Pick<ModuleSource, "functions">, included: readonly string[]): string {
  return [
    '#include "support/run.hpp"',
    ...included.map((path) => `#include ${JSON.stringify(path)}`),
    "namespace {",
    ...functions.map(callerOf),
    "const polyglot::Entry entries[] = {",
    ...functions.flatMap(entriesOf),
    "};",
    "}",
    ending,
  ].join("\n");
}

const ending = `extern "C" void polyglot_call(const char* body, std::size_t size, polyglot::Answer* answer) {
  polyglot::run_call(entries, sizeof entries / sizeof *entries, body, size, answer);
}
extern "C" void polyglot_release(polyglot::Answer* answer) { std::free(const_cast<char*>(answer->text)); }
`;

/** Calls by the function's own name, so that its defaults hold. */
function callerOf({ name }: ModuleFunction, index: number): string {
  return `struct Caller${index} {
  template <class... A>
  static auto call(A&&... given) -> decltype(${qualified(name)}(static_cast<A&&>(given)...)) {
    return ${qualified(name)}(static_cast<A&&>(given)...);
  }
};`;
}

/** One for each number of arguments that the function takes. */
function entriesOf({ name, signature }: ModuleFunction, index: number): string[] {
  const pointer = `decltype(&${qualified(name)})`;
  if (signature === undefined) {
    const all = `polyglot::count_of<${pointer}>()`;
    return [`  {${JSON.stringify(name)}, ${all}, &polyglot::InvokeFirst<Caller${index}, ${pointer}, ${all}>::run},`];
  }
  const total = signature.parameters.length;
  const required = signature.parameters.filter((parameter) => !parameter.optional).length;
  const counts = Array.from({ length: total - required + 1 }, (_, more) => required + more);
  return counts.map(
    (count) =>
      `  {${JSON.stringify(name)}, ${count}, &polyglot::InvokeFirst<Caller${index}, ${pointer}, ${count}>::run},`,
  );
}

const qualified = (name: string): string => `::${name.replaceAll(".", "::")}`;
