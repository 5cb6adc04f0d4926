import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

const queueName = { required: true, description: "name of the queue" } as const;

export class QueuePause extends BaseCommand {
  static override summary = "Let nothing leave a queue for now.";
  static override description =
    "What runs goes on, and what comes waits. It stands above what is declared until resume.";
  static override examples = ["<%= config.bin %> queue pause Ingest"];
  static override args = { name: Args.string(queueName) };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QueuePause);
    const { state } = await this.connect(flags, (call) => call.changeQueue({ name: args.name, change: "pause" }));
    this.log("%s", `${args.name} is ${state}`);
  }
}

export class QueueResume extends BaseCommand {
  static override summary = "Let a paused or drained queue go on.";
  static override examples = ["<%= config.bin %> queue resume Ingest"];
  static override args = { name: Args.string(queueName) };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QueueResume);
    const { state } = await this.connect(flags, (call) => call.changeQueue({ name: args.name, change: "resume" }));
    this.log("%s", `${args.name} is ${state}`);
  }
}

export class QueueDrain extends BaseCommand {
  static override summary = "Let a queue take nothing new; what waits leaves.";
  static override description = "What comes is refused (HTTP 429), and files are not watched, until resume.";
  static override examples = ["<%= config.bin %> queue drain Ingest"];
  static override args = { name: Args.string(queueName) };
  static override flags = { ...connectionFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QueueDrain);
    const { state } = await this.connect(flags, (call) => call.changeQueue({ name: args.name, change: "drain" }));
    this.log("%s", `${args.name} is ${state}`);
  }
}

export class QueueDelete extends BaseCommand {
  static override summary = "Delete a queue that was applied by hand.";
  static override description =
    "It is refused where executions wait, unless --force cancels them; for the queue Default; and for one that a repository declares.";
  static override examples = ["<%= config.bin %> queue delete Ingest --force"];
  static override args = { name: Args.string(queueName) };
  static override flags = {
    ...connectionFlags,
    force: Flags.boolean({ description: "cancel what waits in it" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(QueueDelete);
    const { cancelled } = await this.connect(flags, (call) =>
      call.changeQueue({ name: args.name, change: "delete", force: flags.force }),
    );
    this.log("%s", `${args.name} is deleted${cancelled > 0n ? `, ${cancelled} cancelled` : ""}`);
  }
}
