import { Args, Flags } from "@oclif/core";
import type { CanonicalValue } from "@polyglot/contracts";
import type { Pipeline } from "@polyglot/contracts/service";
import type { PolyglotClient } from "../client/api-client.ts";
import { Failure } from "../client/failure.ts";
import { nearest } from "../client/nearest.ts";
import { BaseCommand, connectionFlags } from "./base-command.ts";
import { answerFor, endFlags } from "./end-of-execution.ts";
import { readBytes } from "./read-bytes.ts";

export class Run extends BaseCommand {
  static override summary = "Start an execution of a pipeline.";
  static override description =
    "Inputs are checked against the types that the pipeline declares before anything is sent. With --wait or --follow the exit code is 1 when the execution does not succeed.";
  static override examples = ["<%= config.bin %> run Total --input path=orders.csv --wait"];
  static override args = {
    pipeline: Args.string({ required: true, description: "id of the pipeline, or a name that only one has" }),
  };
  static override flags = {
    ...connectionFlags,
    ...endFlags,
    input: Flags.string({ char: "i", multiple: true, description: "name=value; bytes may be given as name=@FILE" }),
    "inputs-file": Flags.string({ description: "JSON or YAML file with values by name" }),
    force: Flags.boolean({ description: "whatever the pipeline's condition triggers say" }),
    "idempotency-key": Flags.string({ description: "the same key starts one execution, however often it is sent" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Run);
    const { collectInputs } = await import("../client/collect-inputs.ts");
    await this.connect(flags, async (call) => {
      const pipeline = await findPipeline(call, args.pipeline);
      const given = { pairs: flags.input ?? [], values: await readValues(flags["inputs-file"]) };
      const inputs = collectInputs(pipeline.inputs, given, readBytes) as Record<string, never>;
      const { pipelineId } = pipeline;
      const idempotencyKey = flags["idempotency-key"] ?? "";
      const { executionId, decision } = await call.run({ pipelineId, inputs, idempotencyKey, force: flags.force });
      this.say(decision === "duplicate" ? `${executionId} was started before with this key` : `${executionId} started`);
      await answerFor(call, executionId, flags, this.channels);
    });
  }
}

async function findPipeline(call: PolyglotClient, word: string): Promise<Pipeline> {
  const { pipelines } = await call.listPipelines({});
  const found = pipelines.filter(({ pipelineId }) => pipelineId === word || pipelineId.endsWith(`#${word}`));
  const [only, other] = found;
  if (only !== undefined && other === undefined) return only;
  const ids = pipelines.map(({ pipelineId }) => pipelineId);
  if (only === undefined) {
    const near = nearest(word, [...ids, ...ids.map((id) => id.slice(id.indexOf("#") + 1))]);
    throw new Failure("usage", `no pipeline '${word}'${near === undefined ? "" : `; did you mean '${near}'?`}`);
  }
  const choices = found.map(({ pipelineId }) => pipelineId).join(", ");
  throw new Failure("usage", `'${word}' is the name of several pipelines: ${choices}`);
}

async function readValues(file: string | undefined): Promise<Record<string, CanonicalValue>> {
  if (file === undefined) return {};
  const { parse } = await import("yaml");
  const values: unknown = parse(readBytes(file).toString("utf8"));
  if (values !== null && typeof values === "object" && !Array.isArray(values)) {
    return values as Record<string, CanonicalValue>;
  }
  throw new Failure("usage", `${file} has to hold a map of values by input name`);
}
