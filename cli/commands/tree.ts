import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";
import { namedRepositories } from "./named-repositories.ts";

export class Tree extends BaseCommand {
  static override summary = "Show what repositories declare, and how each object stands.";
  static override examples = ["<%= config.bin %> tree code"];
  static override args = {
    repository: Args.string({ description: "name of the repository; all without it" }),
  };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tree);
    const { treeText } = await import("../output/repository-views.ts");
    const text = await this.connect(flags, async (call) => {
      const repositories = await namedRepositories(call, args.repository ?? "");
      const { pipelines } = await call.listPipelines({});
      return treeText(repositories, pipelines);
    });
    this.log("%s", text);
  }
}
