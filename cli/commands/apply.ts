import { Flags } from "@oclif/core";
import { Failure } from "../client/failure.ts";
import { BaseCommand, connectionFlags, tableOrJsonFlag } from "./base-command.ts";
import { filesToSend } from "./files-to-send.ts";

export class Apply extends BaseCommand {
  static override summary = "Apply .pg and YAML files to the controller.";
  static override examples = ["<%= config.bin %> apply -f repository.yaml", "<%= config.bin %> apply -f . --dry-run"];
  static override flags = {
    ...connectionFlags,
    file: Flags.string({ char: "f", required: true, description: "a file, or a folder with all that is below it" }),
    plan: Flags.string({
      description: "only what the plan with this hash showed, and nothing if it has moved since",
      default: "",
    }),
    prune: Flags.boolean({
      description: "remove what was applied by hand in the same namespaces and is in none of the files",
    }),
    "dry-run": Flags.boolean({ description: "say what would change, and change nothing" }),
    wait: Flags.boolean({
      description:
        "end when an agent has what each pipeline needs; exit code 1 where that fails, 4 where it takes longer",
      exclusive: ["dry-run"],
    }),
    timeout: Flags.integer({ description: "seconds that --wait waits", default: 300, min: 0, max: 86_400 }),
    output: tableOrJsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Apply);
    const { ApplyResponseSchema } = await import("@polyglot/contracts/service");
    const { diagnosticText } = await import("../output/diagnostic-text.ts");
    const { messageJson } = await import("../output/message-json.ts");
    const files = filesToSend(flags.file);
    const { plan: planHash, prune, "dry-run": dryRun } = flags;
    const response = await this.connect(flags, (call) => call.apply({ files, dryRun, planHash, prune }));
    if (flags.output === "json")
      this.log("%s", JSON.stringify(messageJson(ApplyResponseSchema, response), undefined, 2));
    else for (const { kind, name, change } of response.objects) this.log("%s", `${kind}/${name} ${change}`);
    if (response.objects.length === 0) this.say(`${flags.file} holds nothing that could be applied`);
    for (const found of response.diagnostics) this.say(diagnosticText(found));
    if (response.diagnostics.some(({ severity }) => severity === "error")) {
      throw new Failure("failed", "files with errors were not applied");
    }
    if (!flags.wait) return;
    const { waitPrepared } = await import("./wait-prepared.ts");
    const pipelines = response.objects.filter(({ kind, change }) => kind === "Pipeline" && change !== "removed");
    const ids = pipelines.map(({ name }) => name);
    const deadlineMs = performance.now() + flags.timeout * 1_000;
    await this.connect(flags, (call) => waitPrepared(call, ids, deadlineMs));
  }
}
