/** What compilers and their helpers say when a build fails, in few words. */
import { moduleLimits } from "./limits.ts";

/** Where a message of a compiler, a linker or CMake begins. */
const beginning =
  /(?:^|\s)(?:fatal )?error(?:\[E\d+\])?:|\berror \(|^CMake Error|undefined reference to|multiple definition of/;

/** From the first error on: warnings and the way through the includes stand before it. */
export function failureText(reason: string, output: string): string {
  const lines = output.trim().split("\n");
  const start = Math.max(
    0,
    lines.findIndex((line) => beginning.test(line)),
  );
  const said = lines
    .slice(start, start + moduleLimits.saidLines)
    .join("\n")
    .trim();
  // The first line is what listings show.
  return `it does not build: ${said === "" ? reason : said}`;
}

const unreachable =
  /spurious network error|[Cc]ould(?: not|n't) (?:resolve host|connect to server)|Connection (?:refused|reset|timed out)|failed to (?:lookup address|resolve address)|[Oo]peration timed out|Timeout was reached|Network is unreachable|got 50[234]\b/;

/** Whether something on the network did not answer, so that a later try may succeed. */
export const isUnreachable = (output: string): boolean => unreachable.test(output);
