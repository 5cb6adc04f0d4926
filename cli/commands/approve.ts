import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class Approve extends BaseCommand {
  static override summary = "Let an execution go on that waits for a person.";
  static override description =
    "The step |U.Approve asks; the answer is recorded with the name of your token, and is final. With --reject the step fails with pg\\!PermissionError.";
  static override examples = [
    "<%= config.bin %> approve 01990a1b",
    '<%= config.bin %> approve 01990a1b --step run.2 --reject --message "not before Monday"',
  ];
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = {
    ...connectionFlags,
    step: Flags.string({ description: "node id of the step that asks, where several do", default: "" }),
    reject: Flags.boolean({ description: "make the step fail" }),
    message: Flags.string({ description: "what whoever reads the execution is to know", default: "" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Approve);
    const { step, reject, message } = flags;
    const { executionId, approval } = await this.connect(flags, (call) =>
      call.approveExecution({ executionId: args.execution, step, reject, message }),
    );
    this.say(`${executionId} ${approval?.nodeId ?? ""}: ${approval?.message ?? ""}`);
    this.log("%s", `${approval?.decision} by ${approval?.decidedBy}`);
  }
}
