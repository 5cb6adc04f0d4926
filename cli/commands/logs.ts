import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class Logs extends BaseCommand {
  static override summary = "Print what an execution has logged.";
  static override examples = ["<%= config.bin %> logs 0190a1b2 -f --step run.1"];
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = {
    ...connectionFlags,
    step: Flags.string({ description: "only of this step and those below it, by node id", default: "" }),
    follow: Flags.boolean({ char: "f", description: "go on until the execution has ended" }),
    output: Flags.option({
      char: "o",
      description: "text, or one JSON object a line",
      options: ["text", "json"] as const,
      default: "text" as const,
    })(),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Logs);
    const { followLogs, formatLogLine } = await import("./follow-logs.ts");
    const { messageJson } = await import("../output/message-json.ts");
    const { LogLineSchema } = await import("@polyglot/contracts/service");
    // Whoever reads this pipe has seen enough; a follower would else go on to the execution's end.
    process.stdout.once("error", () => process.exit());
    await this.connect(flags, async (call) => {
      const { executionId } = await call.getExecution({ executionId: args.execution });
      const { follow, step } = flags;
      await followLogs(call, { executionId, follow, step }, (line) =>
        this.log(
          "%s",
          flags.output === "json" ? JSON.stringify(messageJson(LogLineSchema, line)) : formatLogLine(line),
        ),
      );
    });
  }
}
