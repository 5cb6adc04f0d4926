import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";
import { allFlag, deadLetterFlags } from "./dead-letter-flags.ts";

export class DlqDrop extends BaseCommand {
  static override summary = "Close dead letters about which nothing is to be done: by id, or all that fit a filter.";
  static override description = "What is kept of them stays as long as that of other executions.";
  static override examples = ["<%= config.bin %> dlq drop --pipeline Load --older 7d --note 'orders of June'"];
  static override args = { executions: Args.string({ description: "ids, or unique beginnings of them" }) };
  static override strict = false;
  static override flags = {
    ...connectionFlags,
    ...deadLetterFlags,
    all: allFlag,
    note: Flags.string({ description: "why, for whoever looks at them later", default: "" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(DlqDrop);
    const { toChangedFilter } = await import("./dead-letter-filter.ts");
    const filter = toChangedFilter(flags, argv as string[], Date.now());
    const dropped = await this.connect(flags, async (call) => {
      let total = 0n;
      for (let remaining = 1n; remaining > 0n; ) {
        const page = await call.dropDeadLetters({ filter, note: flags.note });
        total += page.dropped;
        remaining = page.dropped > 0n ? page.remaining : 0n;
      }
      return total;
    });
    this.log("%s", `${dropped} dropped`);
  }
}
