import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class Rollback extends BaseCommand {
  static override summary = "Put an earlier revision of a repository in force.";
  static override description =
    "The newest commit is quarantined: the earlier revision stays in force until a newer commit is pushed. Executions that run keep the plan that they began with.";
  static override examples = [
    "<%= config.bin %> rollback code --reason 'orders fail'",
    "<%= config.bin %> rollback code --to 4f1c2aa9",
  ];
  static override args = { repository: Args.string({ required: true, description: "name of the repository" }) };
  static override flags = {
    ...connectionFlags,
    to: Flags.string({ description: "the revision, or a beginning of it; the one before without it", default: "" }),
    reason: Flags.string({ description: "why, for whoever looks at it later", default: "" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Rollback);
    const { revision, quarantined } = await this.connect(flags, (call) =>
      call.rollbackRepository({ repository: args.repository, revision: flags.to, reason: flags.reason }),
    );
    const away = quarantined.map((commit) => commit.slice(0, 12)).join(", ");
    this.log("%s", `${args.repository} holds ${revision.slice(0, 12)}; ${away} is quarantined until a newer commit`);
  }
}
