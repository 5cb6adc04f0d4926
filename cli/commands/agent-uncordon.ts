import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class AgentUncordon extends BaseCommand {
  static override summary = "Let an agent take work again.";
  static override args = { agent: Args.string({ required: true, description: "the agent's name" }) };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AgentUncordon);
    await this.connect(flags, (call) => call.cordonAgent({ agentId: args.agent, cordoned: false }));
    this.say(`${args.agent} takes work again`);
  }
}
