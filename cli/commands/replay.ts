import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";
import { answerFor, endFlags } from "./end-of-execution.ts";

export class Replay extends BaseCommand {
  static override summary = "Start an execution anew that has ended.";
  static override description =
    "A new execution with the same plan and inputs. Where steps are committed ([Q] |Q.Checkpoint, or |U.Approve) it goes on after the last one.";
  static override examples = ["<%= config.bin %> replay 01990a1b --from-start --wait"];
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = {
    ...connectionFlags,
    ...endFlags,
    "from-start": Flags.boolean({ description: "run every step again" }),
    "idempotency-key": Flags.string({ description: "the same key starts one execution, however often it is sent" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Replay);
    const fromStart = flags["from-start"];
    const idempotencyKey = flags["idempotency-key"] ?? "";
    await this.connect(flags, async (call) => {
      const asked = { executionId: args.execution, fromStart, idempotencyKey, retry: false };
      const { executionId, decision } = await call.replayExecution(asked);
      this.say(decision === "duplicate" ? `${executionId} was started before with this key` : `${executionId} started`);
      await answerFor(call, executionId, flags, this.channels);
    });
  }
}
