import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class Cancel extends BaseCommand {
  static override summary = "End an execution that waits or runs.";
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = {
    ...connectionFlags,
    kill: Flags.boolean({ description: "without the grace period in which cleanup may run" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Cancel);
    const { state } = await this.connect(flags, async (call) => {
      const { executionId } = await call.getExecution({ executionId: args.execution });
      return call.cancelExecution({ executionId, kill: flags.kill });
    });
    this.log("%s", state);
  }
}
