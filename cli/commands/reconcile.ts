import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class Reconcile extends BaseCommand {
  static override summary = "Look at repositories now; the controller would by itself.";
  static override examples = ["<%= config.bin %> reconcile code", "<%= config.bin %> reconcile"];
  static override args = {
    repository: Args.string({ description: "name of the repository; all without it" }),
  };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Reconcile);
    await this.connect(flags, (call) => call.reconcile({ repository: args.repository ?? "" }));
    this.log("%s", `asked for ${args.repository ?? "all repositories"}`);
  }
}
