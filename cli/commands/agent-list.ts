import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";

export class AgentList extends BaseCommand {
  static override summary = "Show the agents: what they run, what they have, whether they take work.";
  static override flags = { ...connectionFlags, output: formatFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(AgentList);
    const { agentView } = await import("../output/views.ts");
    const { formatList } = await import("../output/format.ts");
    const text = await this.connect(flags, async (call) => {
      const { agents } = await call.listAgents({});
      return formatList(agentView, agents, flags.output, Date.now());
    });
    this.log("%s", text);
  }
}
