import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

const daySeconds = 86_400;

export class TokenCreate extends BaseCommand {
  static override summary = "Make a token for a person or a program. It is shown once and stored nowhere.";
  static override description =
    "viewer reads; operator also starts, cancels and steers; secret-admin also sets secrets; admin also applies and makes tokens; hook starts pipelines through their HTTP triggers and nothing else. It takes the role admin.";
  static override examples = [
    "<%= config.bin %> token create dashboard --role viewer",
    "<%= config.bin %> token create ci --role operator --days 30",
  ];
  static override args = { name: Args.string({ required: true, description: "who has it" }) };
  static override flags = {
    ...connectionFlags,
    role: Flags.option({
      description: "what it allows",
      options: ["viewer", "operator", "secret-admin", "admin", "hook"] as const,
      required: true,
    })(),
    days: Flags.integer({ description: "days until it ends", default: 90, min: 1, max: 366 }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TokenCreate);
    const { token, info } = await this.connect(flags, (call) =>
      call.createToken({ name: args.name, role: flags.role, validSeconds: flags.days * daySeconds }),
    );
    this.log("%s", token);
    this.say(`${info?.id} of ${args.name}, ${flags.role} for ${flags.days} days; it is not shown again`);
  }
}
