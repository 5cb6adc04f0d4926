import { Args, Flags } from "@oclif/core";
import { BaseCommand, connectionFlags } from "./base-command.ts";

/** Columns of the drawing where there is no terminal that has any. */
const defaultColumns = 120;

export class Trace extends BaseCommand {
  static override summary = "Draw the timeline of an execution.";
  static override description =
    "One line a step: when it began, how long it took, and what it cost. Steps of branches and of called pipelines stand below the step that they belong to, attempts one after the other.";
  static override args = { execution: Args.string({ required: true, description: "id, or a unique beginning of it" }) };
  static override flags = {
    ...connectionFlags,
    output: Flags.option({
      char: "o",
      description: "a drawing, or the execution with its attempts and their steps as JSON",
      options: ["text", "json"] as const,
      default: "text" as const,
    })(),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Trace);
    const execution = await this.connect(flags, (call) => call.getExecution({ executionId: args.execution }));
    if (flags.output === "json") {
      const { ExecutionSchema } = await import("@polyglot/contracts/service");
      const { messageJson } = await import("../output/message-json.ts");
      return this.log("%s", JSON.stringify(messageJson(ExecutionSchema, execution), undefined, 2));
    }
    const { drawTimeline } = await import("../output/timeline.ts");
    const { colourFor } = await import("../output/colour.ts");
    const columns = process.stdout.isTTY ? process.stdout.columns : defaultColumns;
    this.log("%s", drawTimeline(execution, { columns, nowMs: Date.now(), paint: colourFor }).join("\n"));
  }
}
