import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";
import { namedRepositories } from "./named-repositories.ts";

export class History extends BaseCommand {
  static override summary = "Show the revisions of a repository: what came of each, and which can be gone back to.";
  static override examples = ["<%= config.bin %> history code"];
  static override args = {
    repository: Args.string({ description: "name of the repository; all without it" }),
  };
  static override flags = { ...connectionFlags, output: formatFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(History);
    const repositories = await this.connect(flags, (call) => namedRepositories(call, args.repository ?? ""));
    const { historyText } = await import("../output/repository-views.ts");
    const { formatList } = await import("../output/format.ts");
    const { repositoryView } = await import("../output/views.ts");
    const isText = flags.output === "table" || flags.output === "wide";
    this.log(
      "%s",
      isText
        ? historyText(repositories, Date.now())
        : formatList(repositoryView, repositories, flags.output, Date.now()),
    );
  }
}
