import { Args, Flags } from "@oclif/core";
import type { RequeuedDeadLetter } from "@polyglot/contracts/service";
import { Failure } from "../client/failure.ts";
import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";
import { allFlag, deadLetterFlags } from "./dead-letter-flags.ts";

export class DlqRequeue extends BaseCommand {
  static override summary = "Start dead letters anew: by id, or all that fit a filter.";
  static override description =
    "Each becomes one new execution, however often it is asked for. It has the plan that failed and goes on after the last committed step; with edited inputs or --current-plan it begins at its start.";
  static override examples = [
    "<%= config.bin %> dlq requeue 01990a1b",
    "<%= config.bin %> dlq requeue --fingerprint 5f1c09ab27de4410 --current-plan",
  ];
  static override args = { executions: Args.string({ description: "ids, or unique beginnings of them" }) };
  static override strict = false;
  static override flags = {
    ...connectionFlags,
    ...deadLetterFlags,
    all: allFlag,
    output: formatFlag,
    "current-plan": Flags.boolean({ description: "with the plan that the pipeline has now" }),
    "from-start": Flags.boolean({ description: "run every step again" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(DlqRequeue);
    const { toChangedFilter } = await import("./dead-letter-filter.ts");
    const filter = toChangedFilter(flags, argv as string[], Date.now());
    const asked = { filter, currentPlan: flags["current-plan"], fromStart: flags["from-start"] };
    const rows = await this.connect(flags, async (call) => {
      const all: RequeuedDeadLetter[] = [];
      for (let remaining = 1n; remaining > 0n; ) {
        const page = await call.requeueDeadLetters(asked);
        all.push(...page.requeued);
        // What is refused stays where it is, and would be refused again.
        remaining = page.requeued.some(({ decision }) => decision === "requeued") ? page.remaining : 0n;
      }
      return all;
    });
    const { formatList } = await import("../output/format.ts");
    const { requeuedView } = await import("../output/dead-letter-views.ts");
    this.log("%s", formatList(requeuedView, rows, flags.output, Date.now()));
    const refused = rows.filter(({ decision }) => decision === "refused").length;
    if (refused > 0) throw new Failure("failed", `${refused} of ${rows.length} refused`);
  }
}
