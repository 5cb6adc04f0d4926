import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class TokenRevoke extends BaseCommand {
  static override summary = "Revoke a token by its id, or all tokens of a name; in force with the next request.";
  static override examples = ["<%= config.bin %> token revoke 1f0c3a5e77b2", "<%= config.bin %> token revoke ci"];
  static override args = {
    token: Args.string({ required: true, description: "id or name, as token list shows them" }),
  };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TokenRevoke);
    const { revoked } = await this.connect(flags, (call) => call.revokeTokens({ token: args.token }));
    for (const { id, name, role } of revoked) this.log("%s", `${id} of ${name} (${role}) is revoked`);
  }
}
