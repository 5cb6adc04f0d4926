import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";

export class DlqShow extends BaseCommand {
  static override summary = "Show all that is kept of a dead letter: inputs, attempts, errors, what became of it.";
  static override description = "Its log is there too: `polyglot logs EXECUTION`.";
  static override examples = ["<%= config.bin %> dlq show 01990a1b"];
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = { ...connectionFlags, output: formatFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DlqShow);
    const shown = await this.connect(flags, (call) => call.getDeadLetter({ executionId: args.execution }));
    const { formatOne } = await import("../output/format.ts");
    const { deadLetterDetailsView } = await import("../output/dead-letter-views.ts");
    this.log("%s", formatOne(deadLetterDetailsView, shown, flags.output, Date.now()));
  }
}
