import { Flags } from "@oclif/core";
import { BaseCommand, formatFlag } from "./base-command.ts";

export class AgentRuntimes extends BaseCommand {
  static override summary = "Show the runtimes that an agent on this host finds, without a controller.";
  static override description =
    "Named ones come first, then those of PATH, pyenv, uv, nvm, fnm, volta, asdf and rustup; each is tried as the user that workers run as. `polyglot get agents -o wide` shows what connected agents found.";
  static override examples = ["<%= config.bin %> agent runtimes --python /opt/python/bin/python3 -o json"];
  static override flags = {
    output: formatFlag,
    python: Flags.string({ description: "a Python to try first (repeatable)", multiple: true, default: [] }),
    node: Flags.string({ description: "a Node.js to try first (repeatable)", multiple: true, default: [] }),
    rust: Flags.string({ description: "a rustc to try first (repeatable)", multiple: true, default: [] }),
    cpp: Flags.string({ description: "a C++ compiler to try first (repeatable)", multiple: true, default: [] }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(AgentRuntimes);
    const { surveyRuntimes } = await import("./survey-runtimes.ts");
    const { runtimes, containment, lacks } = await surveyRuntimes(flags);
    const { formatList } = await import("../output/format.ts");
    const { runtimeView } = await import("../output/views.ts");
    this.log("%s", formatList(runtimeView, runtimes, flags.output, Date.now()));
    for (const lack of lacks) this.say(lack);
    if (containment.level === "weak") this.say(`weak containment of user code: ${containment.missing.join("; ")}`);
  }
}
