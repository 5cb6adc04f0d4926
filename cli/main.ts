/**
 * The command line: commands in `commands/`, each thin over the API client or the compiler. It does not know SQL, agents
 * or how a controller works; `local/` starts those programs and speaks to them as everybody does.
 */
import { Config, Errors, flush, run, settings } from "@oclif/core";
import { nearest } from "./client/nearest.ts";

/** Runs the command that the process was started with. */
export async function main(moduleUrl: string): Promise<void> {
  settings.enableAutoTranspile = false;
  try {
    const config = await Config.load(moduleUrl);
    const words = process.argv.slice(2);
    const problem = unknownCommand(config, words[0]);
    if (problem === undefined) await run(words, config);
    else failUsage(problem);
    await flush();
  } catch (error) {
    await Errors.handle(error as Error);
  }
}

function unknownCommand(config: Config, word: string | undefined): string | undefined {
  if (word === undefined || word.startsWith("-") || word === "help") return undefined;
  if (config.findCommand(word) !== undefined) return undefined;
  // `secret` is no command, and `secret list` is one.
  if (config.commandIDs.some((id) => id.startsWith(`${word}:`))) return undefined;
  const near = nearest(word, config.commandIDs);
  return `there is no command '${word}'${near === undefined ? "" : `; did you mean '${near}'?`}`;
}

function failUsage(problem: string): void {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 2;
}
