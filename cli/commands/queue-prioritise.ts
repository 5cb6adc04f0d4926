import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

export class QueuePrioritise extends BaseCommand {
  static override summary = "Give what waits another priority.";
  static override description =
    "Executions by id, or all that wait in a queue, of a pipeline, or both. It decides in queues of the type priority.";
  static override examples = [
    "<%= config.bin %> queue prioritise 01990a1b --priority 10",
    "<%= config.bin %> queue prioritise --queue Ingest --pipeline Load --priority 5",
  ];
  static override strict = false;
  static override args = { execution: Args.string({ description: "ids, or unique beginnings of them" }) };
  static override flags = {
    ...connectionFlags,
    priority: Flags.integer({ required: true, description: "the new priority; higher ones go first" }),
    importance: Flags.integer({ description: "the new importance, which decides within a priority" }),
    queue: Flags.string({ description: "what waits in this queue", default: "" }),
    pipeline: Flags.string({ description: "what waits of this pipeline", default: "" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(QueuePrioritise);
    const { queue, pipeline: pipelineId, priority, importance } = flags;
    const { changed } = await this.connect(flags, (call) =>
      call.prioritiseWaiting({
        ...{ executionIds: argv.map(String), queue, pipelineId, priority },
        ...(importance !== undefined && { importance }),
      }),
    );
    this.log("%s", `${changed} waiting with priority ${priority}`);
  }
}
