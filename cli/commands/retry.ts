import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";
import { answerFor, endFlags } from "./end-of-execution.ts";

export class Retry extends BaseCommand {
  static override summary = "Try an execution again that did not succeed.";
  static override description =
    "A new execution with the same plan and inputs, because an outcome never changes; however often it is asked for, one is started. Where steps are committed it goes on after the last one.";
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = {
    ...connectionFlags,
    ...endFlags,
    "from-start": Flags.boolean({ description: "run every step again" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Retry);
    await this.connect(flags, async (call) => {
      const asked = { executionId: args.execution, fromStart: flags["from-start"], retry: true };
      const { executionId, decision } = await call.replayExecution(asked);
      this.say(decision === "duplicate" ? `${executionId} was started before` : `${executionId} started`);
      await answerFor(call, executionId, flags, this.channels);
    });
  }
}
