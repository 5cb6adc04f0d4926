import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class SecretDelete extends BaseCommand {
  static override summary = "Remove a secret's value from the store.";
  static override description = "What declares the secret stays. It takes the role secret-admin.";
  static override examples = ["<%= config.bin %> secret delete warehouse-login"];
  static override args = { name: Args.string({ required: true, description: "name of the secret" }) };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SecretDelete);
    await this.connect(flags, (call) => call.deleteSecret({ name: args.name }));
    this.log("%s", `${args.name} has no value any more`);
  }
}
