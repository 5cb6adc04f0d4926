import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class Reconcile extends BaseCommand {
  static override summary = "Look at repositories now; the controller would by itself.";
  static override examples = ["<%= config.bin %> reconcile code", "<%= config.bin %> reconcile"];
  static override args = {
    repository: Args.string({ description: "name of the repository; all without it" }),
  };
  static override flags = {
    ...connectionFlags,
    "confirm-prune": Flags.string({
      description: "let go what left a repository with `prune: confirm`, by the hash of the list that it shows",
      default: "",
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Reconcile);
    const confirmPrune = flags["confirm-prune"];
    await this.connect(flags, (call) => call.reconcile({ repository: args.repository ?? "", confirmPrune }));
    this.log("%s", `asked for ${args.repository ?? "all repositories"}`);
  }
}
