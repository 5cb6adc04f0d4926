import { Args } from "@oclif/core";
import { Failure } from "../client/failure.ts";
import { nearest } from "../client/nearest.ts";
import { BaseCommand } from "./base-command.ts";

/** Characters of a line: what is read well, and what a pipe gets. */
const widest = 100;

export class Explain extends BaseCommand {
  static override summary = "Say what a name of the library, a finding's code or a YAML kind means.";
  static override examples = [
    "<%= config.bin %> explain T.FileCreated",
    "<%= config.bin %> explain PG4010",
    "<%= config.bin %> explain GitRepository",
  ];
  static override args = {
    word: Args.string({ required: true, description: "U.Log.Info, Queue, PG4010, GitRepository, execution/unknown" }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Explain);
    const { explain, explainedNames } = await import("./explain/sources.ts");
    const word = args.word.replace(/^[|#]/, "");
    const text = explain(word, Math.min(process.stdout.columns || widest, widest));
    if (text === undefined) throw new Failure("usage", unknown(args.word, nearest(word, explainedNames)));
    this.log("%s", text);
  }
}

function unknown(word: string, near: string | undefined): string {
  const advice = near === undefined ? "" : `; did you mean '${near}'?`;
  return `nothing is called '${word}': give a name of the library, a code or a kind${advice}`;
}
