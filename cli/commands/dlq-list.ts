import { Flags } from "@oclif/core";
import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";
import { deadLetterFlags } from "./dead-letter-flags.ts";

export class DlqList extends BaseCommand {
  static override summary = "Show dead letters: executions whose attempts are used up.";
  static override description =
    "Failures that differ in numbers, ids and quoted values alone have the same fingerprint; --group counts each kind.";
  static override examples = [
    "<%= config.bin %> dlq list --group",
    "<%= config.bin %> dlq list --pipeline com.example>etl#Load --newer 2h -o wide",
  ];
  static override flags = {
    ...connectionFlags,
    ...deadLetterFlags,
    output: formatFlag,
    group: Flags.boolean({ description: "one line for each kind of failure, the most frequent first" }),
    settled: Flags.boolean({ description: "also those that were requeued, dropped or have expired" }),
    limit: Flags.integer({ description: "at most so many, newest first", default: 50, min: 1, max: 1000 }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(DlqList);
    const { toDeadLetterFilter } = await import("./dead-letter-filter.ts");
    const filter = { ...toDeadLetterFilter(flags, [], Date.now()), settled: flags.settled };
    const { formatList } = await import("../output/format.ts");
    const { deadLetterGroupView, deadLetterView } = await import("../output/dead-letter-views.ts");
    const text = await this.connect(flags, async (call) => {
      if (!flags.group) {
        const { deadLetters } = await call.listDeadLetters({ filter, limit: flags.limit });
        return formatList(deadLetterView, deadLetters, flags.output, Date.now());
      }
      const { groups } = await call.groupDeadLetters({ filter });
      return formatList(deadLetterGroupView, groups.slice(0, flags.limit), flags.output, Date.now());
    });
    this.log("%s", text);
  }
}
