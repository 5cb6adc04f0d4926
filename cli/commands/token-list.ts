import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";

export class TokenList extends BaseCommand {
  static override summary = "Show the tokens that can be used: whose, with which role, until when. Never a token.";
  static override examples = ["<%= config.bin %> token list"];
  static override flags = { ...connectionFlags, output: formatFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(TokenList);
    const { tokens } = await this.connect(flags, (call) => call.listTokens({}));
    const { formatList } = await import("../output/format.ts");
    const { tokenView } = await import("../output/token-view.ts");
    this.log("%s", formatList(tokenView, tokens, flags.output, Date.now()));
  }
}
