import { Args, Flags } from "@oclif/core";
import { Failure } from "../client/failure.ts";
import { BaseCommand, connectionFlags } from "./base-command.ts";

/** Nobody waits for each of many executions to be told alone. */
const limits = { lines: 100 } as const;

export class Backfill extends BaseCommand {
  static override summary = "Activate a pipeline for times of its schedules that activated nothing.";
  static override description =
    "Both ends are inside. A time that has activated the pipeline before is left alone, however often this is called.";
  static override examples = ["<%= config.bin %> backfill Report --from 2026-03-01 --to 2026-03-31T12:00:00Z"];
  static override args = { pipeline: Args.string({ required: true, description: "id, or a name that is unique" }) };
  static override flags = {
    ...connectionFlags,
    from: Flags.string({ required: true, description: "the first time: a day, or a time in UTC or with its offset" }),
    to: Flags.string({ required: true, description: "the last time" }),
    "dry-run": Flags.boolean({ description: "only list the times" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Backfill);
    const [from, to] = [parseTime("--from", flags.from), parseTime("--to", flags.to)];
    const { timestampDate, timestampFromDate } = await import("@bufbuild/protobuf/wkt");
    const span = { from: timestampFromDate(from), to: timestampFromDate(to) };
    const asked = { pipelineId: args.pipeline, ...span, dryRun: flags["dry-run"] };
    const { times } = await this.connect(flags, (call) => call.backfill(asked));
    for (const { at, decision, executionId, reason } of times.slice(0, limits.lines)) {
      const time = at === undefined ? "" : timestampDate(at).toISOString();
      this.log("%s", [time, decision, executionId, reason].filter(Boolean).join("  "));
    }
    if (times.length > limits.lines) this.log("%s", `and ${times.length - limits.lines} more`);
    const counts = [...Map.groupBy(times, (time) => time.decision)].map(([word, found]) => `${found.length} ${word}`);
    this.say(counts.length === 0 ? "no time of its schedules lies there" : counts.join(", "));
  }
}

function parseTime(flag: string, text: string): Date {
  const time = /^\d{4}-\d\d-\d\d(?:T\S+(?:Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time);
  throw new Failure("usage", `${flag} is a day (2026-03-01) or a time (2026-03-01T07:30:00Z), got '${text}'`);
}
