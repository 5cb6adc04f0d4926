import { Args, Flags } from "@oclif/core";
import type { CanonicalValue } from "@polyglot/contracts";
import { Failure } from "../client/failure.ts";
import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";
import { readBytes } from "./read-bytes.ts";

export class DlqEdit extends BaseCommand {
  static override summary = "Change inputs that a dead letter is requeued with.";
  static override description =
    "The plan that failed says what is allowed. What it had is kept beside it; --reset goes back to that.";
  static override examples = ["<%= config.bin %> dlq edit 01990a1b --input path=orders-fixed.csv"];
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = {
    ...connectionFlags,
    output: formatFlag,
    input: Flags.string({ char: "i", multiple: true, description: "name=value; bytes may be given as name=@FILE" }),
    reset: Flags.boolean({ description: "back to the inputs that it had", exclusive: ["input"] }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DlqEdit);
    const { input: pairs = [], reset } = flags;
    if (pairs.length === 0 && !reset) throw new Failure("usage", "what is to change? --input name=value, or --reset");
    const { collectInputs } = await import("../client/collect-inputs.ts");
    const edited = await this.connect(flags, async (call) => {
      const { deadLetter, declared } = await call.getDeadLetter({ executionId: args.execution });
      const values = (deadLetter?.editedInputs ?? deadLetter?.inputs ?? {}) as Readonly<Record<string, CanonicalValue>>;
      const inputs = reset ? {} : (collectInputs(declared, { pairs, values }, readBytes) as Record<string, never>);
      return call.editDeadLetter({ executionId: args.execution, inputs, reset });
    });
    const { formatOne } = await import("../output/format.ts");
    const { deadLetterView } = await import("../output/dead-letter-views.ts");
    this.log("%s", formatOne(deadLetterView, edited, flags.output, Date.now()));
  }
}
