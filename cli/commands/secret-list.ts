import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";

export class SecretList extends BaseCommand {
  static override summary = "Show secrets: where each comes from, and whether a step would get it. Never a value.";
  static override examples = ["<%= config.bin %> secret list -o wide"];
  static override flags = { ...connectionFlags, output: formatFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(SecretList);
    const { secrets } = await this.connect(flags, (call) => call.listSecrets({}));
    const { formatList } = await import("../output/format.ts");
    const { secretView } = await import("../output/views.ts");
    this.log("%s", formatList(secretView, secrets, flags.output, Date.now()));
  }
}
