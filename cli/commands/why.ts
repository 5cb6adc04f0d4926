import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";

export class Why extends BaseCommand {
  static override summary = "Say what an execution waits for.";
  static override description =
    "The one condition that holds it up, with its numbers, who is before it, and when it is likely to start. -o json has the fields of Wait; their conditions are listed in docs/queues.md.";
  static override examples = ["<%= config.bin %> why 01990a1b", "<%= config.bin %> why 01990a1b -o json"];
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = { ...connectionFlags, output: formatFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Why);
    const { create } = await import("@bufbuild/protobuf");
    const { WaitSchema } = await import("@polyglot/contracts/service");
    const row = await this.connect(flags, (call) => call.getExecution({ executionId: args.execution }));
    const { output } = flags;
    if (output === "json" || output === "yaml") {
      const { formatData } = await import("../output/format.ts");
      const { messageJson } = await import("../output/message-json.ts");
      const { executionId: execution_id, state } = row;
      const wait = row.state === "waiting" ? messageJson(WaitSchema, row.wait ?? create(WaitSchema)) : null;
      return this.log("%s", formatData({ execution_id, state, wait }, output));
    }
    if (output === "name") return this.log("%s", row.wait?.condition ?? row.state);
    const { waitLines } = await import("../output/wait-lines.ts");
    for (const line of waitLines(row, Date.now())) this.log("%s", line);
  }
}
