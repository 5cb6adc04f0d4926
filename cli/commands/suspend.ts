import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class Suspend extends BaseCommand {
  static override summary = "Leave a repository alone: what is in force stays, and commits wait.";
  static override examples = ["<%= config.bin %> suspend code"];
  static override args = { repository: Args.string({ required: true, description: "name of the repository" }) };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Suspend);
    await this.connect(flags, (call) => call.suspendRepository({ repository: args.repository, suspend: true }));
    this.log("%s", `${args.repository} is suspended`);
  }
}
