/** Conditions that a `[?]` line asks: their present state. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Case } from "../case.ts";
import { datetime, refuses } from "../library-case.ts";
import { program, say, u, whenCall } from "../program.ts";

const folder = ".";
const file = "condition.txt";

const asks = (name: string, given: readonly CanonicalValue[], holds: boolean): Case => ({
  title: `|${name} of ${JSON.stringify(given)} is ${holds}`,
  plan: program({
    setup: name.startsWith("T.Check.") ? [u("U.System.File.Text.Write", [file, "x"])] : [],
    run: [whenCall(u(name, given), [say("holds")]), say("asked")],
  }),
  expect: { said: holds ? ["holds", "asked"] : ["asked"] },
});

/** The bed's host is at 50 % of CPU, 25 % of memory and 3,000 bytes a second. */
export const conditions: readonly Case[] = [
  asks("T.System.Resource.Cpu.Above", [49.5], true),
  asks("T.System.Resource.Cpu.Above", [50], false),
  asks("T.System.Resource.Cpu.Below", [50.5], true),
  asks("T.System.Resource.Memory.Above", [24], true),
  asks("T.System.Resource.Memory.Below", [25], false),
  asks("T.System.Resource.DiskSpace.Below", [0], false),
  asks("T.System.Resource.DiskSpace.Below", [101], true),
  asks("T.System.Resource.Network.Traffic.Above", [2999], true),
  asks("T.System.Resource.Network.Traffic.Above", [3000], false),
  asks("T.Check.Python.Version.Equal", ["3"], true),
  asks("T.Check.Python.Version.Equal", ["2.7"], false),
  asks("T.Check.Python.Version.MoreThan", ["3.4"], true),
  asks("T.Check.Python.Version.MoreThan", ["3"], false),
  asks("T.Check.Python.Version.LessThan", ["4"], true),
  asks("T.Check.Node.Version.Equal", ["1.0.0"], false),
  asks("T.Assert", [true], true),
  asks("T.Check.File.Exists", [file], true),
  asks("T.Check.File.Exists", [folder], false),
  asks("T.Check.File.Exists", ["nothing.txt"], false),
  asks("T.Check.Directory.Exists", [folder], true),
  asks("T.Check.Directory.Exists", [file], false),
  asks("T.Check.Directory.Exists", ["condition.txt/below"], false),
  asks("T.Check.File.Modified.After", [file, datetime("2001-01-01T00:00:00Z")], true),
  asks("T.Check.File.Modified.After", [file, datetime("2999-01-01T00:00:00Z")], false),
  asks("T.Check.File.Modified.After", ["nothing.txt", datetime("2001-01-01T00:00:00Z")], false),
  {
    title: "an assertion that does not hold logs its message",
    plan: program({ run: [whenCall(u("T.Assert", [false, "too few rows"]), [say("never")])] }),
    expect: { said: ["too few rows"] },
  },
  refuses(
    "T.Check.Python.Version.Equal",
    ["newest"],
    "ValidationError",
    `'version' is numbers with dots between, like "3.11", got "newest"`,
  ),
  refuses("T.System.Resource.Cpu.Above", ["50"], "ConversionError", "'percent' is to be a number, and is a text"),
  refuses("T.Assert", ["yes"], "ConversionError", "'condition' is to be True or False, and is a text"),
];
