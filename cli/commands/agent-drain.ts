import { Args, Flags } from "@oclif/core";
import type { PolyglotClient } from "../client/api-client.ts";
import { Failure } from "../client/failure.ts";
import { BaseCommand, connectionFlags } from "./base-command.ts";

const lookMs = 500;

export class AgentDrain extends BaseCommand {
  static override summary = "Let an agent take nothing new, and wait until nothing runs there.";
  static override description =
    "What runs is not ended. Afterwards the agent can be stopped without a loss; `agent uncordon` opens it again.";
  static override args = { agent: Args.string({ required: true, description: "the agent's name" }) };
  static override flags = {
    ...connectionFlags,
    timeout: Flags.integer({ description: "seconds to wait at most", default: 3600, min: 1 }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AgentDrain);
    await this.connect(flags, async (call) => {
      await call.cordonAgent({ agentId: args.agent, cordoned: true });
      await this.#waitUntilIdle(call, args.agent, flags.timeout);
    });
    this.say(`${args.agent} takes nothing new, and nothing runs there`);
  }

  async #waitUntilIdle(call: PolyglotClient, agentId: string, timeoutSeconds: number): Promise<void> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    let told: number | undefined;
    for (;;) {
      const { running } = await call.cordonAgent({ agentId, cordoned: true });
      if (running === 0) return;
      if (running !== told) this.say(`${running} still ${running === 1 ? "runs" : "run"} on ${agentId}`);
      told = running;
      if (Date.now() > deadline) throw new Failure("timeout", `${running} still run on ${agentId}`);
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }
}
