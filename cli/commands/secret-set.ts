import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class SecretSet extends BaseCommand {
  static override summary = "Keep a secret's value in the store, encrypted.";
  static override description =
    "The value comes from standard input (at a terminal it is asked for, and not shown) or from a file, never from the command line, which other users of the machine can see. One line break at its end is left out. The next execution gets it; nobody can read it back. It takes the role secret-admin.";
  static override examples = [
    "<%= config.bin %> secret set warehouse-login < login.txt",
    "<%= config.bin %> secret set warehouse-key --from-file key.pem",
  ];
  static override args = { name: Args.string({ required: true, description: "name of the secret" }) };
  static override flags = {
    ...connectionFlags,
    "from-file": Flags.string({ description: "file with the value" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SecretSet);
    const { readSecretValue } = await import("../client/read-secret-value.ts");
    const value = await readSecretValue(args.name, flags["from-file"]);
    const secret = await this.connect(flags, (call) => call.setSecret({ name: args.name, value }));
    this.log("%s", `${secret.name} has version ${secret.version}`);
    if (secret.source !== "" && secret.source !== "store") {
      this.say(`steps do not get it: what declares '${secret.name}' takes its value from ${secret.source}`);
    }
    if (secret.problem !== "") this.say(`steps do not get it yet: ${secret.problem}`);
  }
}
