import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class Logs extends BaseCommand {
  static override summary = "Print what an execution has logged.";
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = {
    ...connectionFlags,
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
    await this.connect(flags, async (call) => {
      const { executionId } = await call.getExecution({ executionId: args.execution });
      await followLogs(call, executionId, flags.follow, (line) =>
        this.log(
          "%s",
          flags.output === "json" ? JSON.stringify(messageJson(LogLineSchema, line)) : formatLogLine(line),
        ),
      );
    });
  }
}
