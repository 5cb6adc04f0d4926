/** `|U.System.Execute.` */
import { stat } from "node:fs/promises";
import type { CanonicalValue } from "@polyglot/contracts";
import { describeKind } from "../../convert/describe.ts";
import { type Given, Refused } from "../given.ts";
import { runCommand } from "./command.ts";
import { contained, type ContainedContext, type ContainedFunction } from "./contained-function.ts";
import { absolute } from "./paths.ts";
import { tellingPath } from "./system-problem.ts";

type ContainedGiven = Given<ContainedContext>;

async function command(given: ContainedGiven) {
  const [program, ...rest] = given.list("command").map((part, index) => textIn(part, `'command', part ${index + 1},`));
  if (program === undefined || program === "") throw new Refused("ValidationError", "'command' names no program");
  return run(program, rest, given);
}

const shell = (given: ContainedGiven) => run("/bin/sh", ["-c", given.text("line")], given);

async function run(program: string, rest: readonly string[], given: ContainedGiven): Promise<CanonicalValue[]> {
  const folder = folderOf(given);
  await tellingPath(folder, async () => {
    if (!(await stat(folder)).isDirectory()) throw new Refused("FileError", `'cwd' is '${folder}', which is no folder`);
  });
  const asked = {
    program,
    arguments: rest,
    folder,
    environment: environmentOf(given),
    input: isGiven(given, "input") ? given.text("input") : "",
    timeoutMs: timeoutOf(given),
  };
  const { output, error, exitCode } = await runCommand(asked, given.context);
  return [output, error, exitCode];
}

const isGiven = (given: ContainedGiven, name: string): boolean => given.has(name) && given.any(name) !== null;

const folderOf = (given: ContainedGiven): string =>
  absolute(isGiven(given, "cwd") ? given.text("cwd") : ".", "cwd", given.context);

/** Nothing of the agent's own but where programs are found. */
function environmentOf(given: ContainedGiven): Record<string, string> {
  const entries = isGiven(given, "env") ? Object.entries(given.map("env")) : [];
  const own = entries.map(([name, value]) => [checkVariable(name), textIn(value, `'env', '${name}',`)] as const);
  return { PATH: searchPath, ...Object.fromEntries(own), ...given.context.marks };
}

/** As worker processes have it. */
const searchPath = "/usr/local/bin:/usr/bin:/bin";

function checkVariable(name: string): string {
  if (/^[^=\0]+$/.test(name)) return name;
  throw new Refused(
    "ValidationError",
    `'env' has a name that no variable can have: ${JSON.stringify(name.slice(0, 40))}`,
  );
}

function timeoutOf(given: ContainedGiven): number | undefined {
  if (!isGiven(given, "timeout")) return undefined;
  const { months, seconds } = given.duration("timeout");
  if (months === 0 && seconds > 0) return seconds * 1000;
  throw new Refused("ValidationError", "'timeout' is a duration above 0 without months or years");
}

function textIn(value: CanonicalValue, place: string): string {
  if (typeof value !== "string") {
    throw new Refused("ConversionError", `${place} is to be a text, and is ${describeKind(value)}`);
  }
  if (value.includes("\0")) throw new Refused("ValidationError", `${place} holds a zero byte`);
  return value;
}

const options = "input, cwd, env, timeout";

export const processes: Readonly<Record<string, ContainedFunction>> = {
  "U.System.Execute.Command": contained(`command, ${options}`, command),
  "U.System.Execute.Shell": contained(`line, ${options}`, shell),
};
