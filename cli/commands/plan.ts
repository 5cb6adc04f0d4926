import { Flags } from "@oclif/core";
import type { PlanChangesResponse } from "@polyglot/contracts/service";
import { Failure } from "../client/failure.ts";
import { BaseCommand, connectionFlags, tableOrJsonFlag } from "./base-command.ts";
import { filesToSend } from "./files-to-send.ts";

/** Exit code where something would change. */
const changedCode = 10;

export class Plan extends BaseCommand {
  static override summary =
    "Say what an apply, or a repository's next commit, would change, and what that means for what runs.";
  static override description =
    "Objects field by field, pipelines as lines of their flow, other files by name; executions that keep their plan; next times of schedules. Exit code 0: nothing would change, 10: something would, 1: files with errors. `apply --plan` with the hash at the end applies what was seen here, or nothing.";
  static override aliases = ["diff"];
  static override examples = [
    "<%= config.bin %> plan -f .",
    "<%= config.bin %> plan -f . --repository code",
    "<%= config.bin %> plan --repository code --revision feature/orders",
  ];
  static override flags = {
    ...connectionFlags,
    file: Flags.string({ char: "f", description: "a file, or a folder with all that is below it" }),
    repository: Flags.string({ description: "compare as what this repository would declare", default: "" }),
    revision: Flags.string({
      description: "branch, tags/NAME or whole commit of the repository, instead of files",
      default: "",
      exclusive: ["file"],
    }),
    prune: Flags.boolean({ description: "also what an apply with --prune would remove" }),
    output: tableOrJsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Plan);
    const { file, repository, revision, prune } = flags;
    if (file === undefined && repository === "") {
      throw new Failure("usage", "plan of what? -f PATH, or --repository NAME for its newest commit");
    }
    const files = file === undefined ? [] : filesToSend(file);
    const plan = await this.connect(flags, (call) => call.planChanges({ files, repository, revision, prune }));
    this.log("%s", await planText(plan, flags.output));
    const { diagnosticText } = await import("../output/diagnostic-text.ts");
    for (const found of plan.diagnostics) this.say(diagnosticText(found));
    process.exitCode = exitCodeOf(plan);
  }
}

async function planText(plan: PlanChangesResponse, format: "table" | "json"): Promise<string> {
  if (format === "table") {
    const { changePlanText } = await import("../output/change-plan-text.ts");
    return changePlanText(plan);
  }
  const { PlanChangesResponseSchema } = await import("@polyglot/contracts/service");
  const { messageJson } = await import("../output/message-json.ts");
  return JSON.stringify(messageJson(PlanChangesResponseSchema, plan), undefined, 2);
}

function exitCodeOf({ diagnostics, changes }: PlanChangesResponse): number {
  if (diagnostics.some(({ severity }) => severity === "error")) return 1;
  return changes.length > 0 ? changedCode : 0;
}
