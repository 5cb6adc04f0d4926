import { Args } from "@oclif/core";
import { Failure } from "../client/failure.ts";
import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";

export class Describe extends BaseCommand {
  static override summary = "Show one pipeline, execution or queue with all that is known of it.";
  static override description =
    "Of a pipeline: the settings of its next execution, and whether its own lines, a PipelineConfig or a ResourcePolicy say them.";
  static override examples = ["<%= config.bin %> describe pipeline Load", "<%= config.bin %> describe execution 0198"];
  static override args = {
    kind: Args.string({ required: true, description: "pipeline, execution or queue" }),
    name: Args.string({ required: true, description: "its name or id, or a beginning of an execution's id" }),
  };
  static override flags = { ...connectionFlags, output: formatFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Describe);
    const kind = parseKind(args.kind);
    const views = await import("../output/views.ts");
    const { formatOne } = await import("../output/format.ts");
    const text = await this.connect(flags, async (call) => {
      if (kind === "execution") {
        const row = await call.getExecution({ executionId: args.name });
        return formatOne(views.executionDetailView, row, flags.output, Date.now());
      }
      if (kind === "queue") {
        const { queues } = await call.listQueues({});
        const row = queues.find((one) => one.name === args.name);
        if (row === undefined) throw new Failure("failed", `there is no queue '${args.name}'; polyglot get queues`);
        return formatOne(views.queueDescriptionView, row, flags.output, Date.now());
      }
      const row = await call.describePipeline({ pipelineId: args.name });
      return formatOne(views.pipelineDescriptionView, row, flags.output, Date.now());
    });
    this.log("%s", text);
  }
}

function parseKind(word: string): "pipeline" | "execution" | "queue" {
  if (word === "queue" || word === "queues") return "queue";
  if (word === "pipeline" || word === "pipelines") return "pipeline";
  if (word === "execution" || word === "executions") return "execution";
  throw new Failure(
    "usage",
    `describe shows a pipeline, an execution or a queue, got '${word}'; polyglot get shows all kinds`,
  );
}
