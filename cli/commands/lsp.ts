import { Flags } from "@oclif/core";
import { BaseCommand } from "./base-command.ts";

export class Lsp extends BaseCommand {
  static override summary = "Answer an editor (language server protocol, on standard input and output).";
  static override description =
    "Findings as validate gives them, completion, hover, definitions, references, rename, format and fixes. Editors start it; it ends with them.";
  static override examples = ["<%= config.bin %> lsp --stdio"];
  static override flags = {
    stdio: Flags.boolean({ description: "speak on standard input and output, as it always does", default: true }),
  };

  async run(): Promise<void> {
    await this.parse(Lsp);
    const { createConnection, ProposedFeatures } = await import("vscode-languageserver/node");
    const { createCompiler } = await import("@polyglot/compiler");
    const { LanguageServer } = await import("../lsp/server.ts");
    const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
    new LanguageServer(connection, await createCompiler(), this.config.version).listen();
    // The connection ends the process when the editor says so, or is gone.
    await new Promise(() => undefined);
  }
}
