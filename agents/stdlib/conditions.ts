/** `|T.` conditions that a `[?]` line asks: their present state, as far as the agent knows it by itself. */
import { define, type Given, Refused } from "./given.ts";
import { host, leftPercent } from "./host.ts";
import type { LibraryFunction, RuntimeAge, RuntimeName } from "./library-function.ts";

type Functions = Readonly<Record<string, LibraryFunction>>;

/** Conditions that are utilities too. */
function same(...names: readonly string[]): Functions {
  return Object.fromEntries(
    names.flatMap((name): [string, LibraryFunction][] => {
      const utility = host[`U.${name}`];
      return utility === undefined ? [] : [[`T.${name}`, utility]];
    }),
  );
}

/** Of the runtime on which the pipeline's steps run; where there is none, no comparison holds. */
const version = (runtime: RuntimeName, age: RuntimeAge): LibraryFunction =>
  define("version", (given) => given.context.compareRuntime(runtime, versionOf(given)) === age);

function versionOf(given: Given): string {
  const wanted = given.text("version");
  if (/^\d{1,9}(?:\.\d{1,9}){0,5}$/.test(wanted)) return wanted;
  const shown = JSON.stringify(wanted.slice(0, 50));
  throw new Refused("ValidationError", `'version' is numbers with dots between, like "3.11", got ${shown}`);
}

function assertion(given: Given): boolean {
  const holds = given.bool("condition");
  if (!holds && given.has("message")) given.context.log("warning", given.text("message"));
  return holds;
}

export const conditions: Functions = {
  ...same(
    "System.Resource.Cpu.Above",
    "System.Resource.Cpu.Below",
    "System.Resource.Memory.Above",
    "System.Resource.Memory.Below",
  ),
  "T.System.Resource.DiskSpace.Below": define(
    "percent",
    async (given) => (await leftPercent()) < given.float("percent"),
  ),
  "T.System.Resource.Network.Traffic.Above": define("bytes_per_second", (given) => {
    const { receivedBytesPerSecond, sentBytesPerSecond } = given.context.host();
    return receivedBytesPerSecond + sentBytesPerSecond > given.float("bytes_per_second");
  }),
  "T.Check.Python.Version.Equal": version("python", "same"),
  "T.Check.Python.Version.LessThan": version("python", "older"),
  "T.Check.Python.Version.MoreThan": version("python", "newer"),
  "T.Check.Node.Version.Equal": version("node", "same"),
  "T.Check.Rust.Version.Equal": version("rust", "same"),
  "T.Assert": define("condition, message", assertion),
};
