import { Args } from "@oclif/core";
import type { Execution } from "@polyglot/contracts/service";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class Why extends BaseCommand {
  static override summary = "Say what an execution waits for.";
  static override examples = ["<%= config.bin %> why 01990a1b"];
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Why);
    const row = await this.connect(flags, (call) => call.getExecution({ executionId: args.execution }));
    for (const line of reasonsOf(row)) this.log("%s", line);
  }
}

function reasonsOf({ state, approvals, waitsFor, agentId, queue }: Execution): string[] {
  if (state === "running") return [`runs on ${agentId}`];
  if (state !== "waiting") return [`waits for nothing: it is ${state}`];
  const asked = approvals.map(({ nodeId, message }) => `waits: for approval at ${nodeId}: ${message}`);
  if (asked.length > 0) return asked;
  if (waitsFor.length > 0) return waitsFor.map((reason) => `waits: ${reason}`);
  return [`waits: its turn in queue '${queue}', or the time of its next attempt`];
}
