import { BaseCommand } from "./base-command.ts";
import { forwardProgram } from "./forward-program.ts";

export class Controller extends BaseCommand {
  static override summary = "Run one controller in the foreground, for production.";
  static override description =
    "Every argument goes to the program: '<%= config.bin %> controller --help' is its own page.";
  static override strict = false;

  async run(): Promise<void> {
    process.exitCode = await forwardProgram("controller", this.argv);
  }
}
