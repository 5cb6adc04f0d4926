import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";

export class Events extends BaseCommand {
  static override summary = "Show what became of objects: created, changed, removed, put back, rolled back.";
  static override examples = ["<%= config.bin %> events", "<%= config.bin %> events Pipeline/com.example>etl#Load"];
  static override args = { object: Args.string({ description: "KIND, or KIND/NAME" }) };
  static override flags = {
    ...connectionFlags,
    output: formatFlag,
    repository: Flags.string({ description: "only of this repository", default: "" }),
    limit: Flags.integer({ description: "at most so many, newest first", default: 50, min: 1, max: 1000 }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Events);
    const [kind = "", ...name] = (args.object ?? "").split("/");
    const { repository, limit } = flags;
    const asked = { kind, name: name.join("/"), repository, limit };
    const { events } = await this.connect(flags, (call) => call.listEvents(asked));
    const { formatList } = await import("../output/format.ts");
    const { eventView } = await import("../output/repository-views.ts");
    this.log("%s", formatList(eventView, events, flags.output, Date.now()));
  }
}
