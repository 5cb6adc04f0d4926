import { BaseCommand } from "./base-command.ts";
import { forwardProgram } from "./forward-program.ts";

export class Agent extends BaseCommand {
  static override summary = "Run one agent in the foreground, for production.";
  static override description =
    "Every argument goes to the program: --controller URL (repeatable), --ca FILE, --token-file FILE, --data-dir DIR, --data-root DIR, --name NAME, --labels k=v,…, --capacity N, --log-level LEVEL; --python PATH, --node PATH, --rust PATH and --cpp PATH (repeatable) for runtimes and compilers to use before those found; --allow-network NETWORK (repeatable) for what the library may connect to besides the public internet; limits of workers and bundles as docs/agents.md lists them. It logs JSON lines on standard error and prints one JSON line when it is ready.";
  static override strict = false;

  async run(): Promise<void> {
    process.exitCode = await forwardProgram("agent", this.argv);
  }
}
