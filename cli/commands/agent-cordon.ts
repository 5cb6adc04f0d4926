import { Args } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class AgentCordon extends BaseCommand {
  static override summary = "Let an agent take nothing new.";
  static override description =
    "What runs there goes on. It stays so, also over restarts of the agent, until `agent uncordon`.";
  static override args = { agent: Args.string({ required: true, description: "the agent's name" }) };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AgentCordon);
    await this.connect(flags, (call) => call.cordonAgent({ agentId: args.agent, cordoned: true }));
    this.say(`${args.agent} takes nothing new`);
  }
}
