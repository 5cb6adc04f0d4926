import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class Resume extends BaseCommand {
  static override summary = "Follow a repository again that was suspended.";
  static override examples = ["<%= config.bin %> resume code"];
  static override args = { repository: Args.string({ required: true, description: "name of the repository" }) };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Resume);
    await this.connect(flags, (call) => call.suspendRepository({ repository: args.repository, suspend: false }));
    this.log("%s", `${args.repository} is followed again`);
  }
}
