import { Args, Flags } from "@oclif/core";
import type { CanonicalValue } from "@polyglot/contracts";
import type { Pipeline } from "@polyglot/contracts/service";
import { sameCommand } from "../ask/same-command.ts";
import { optTerminal, type Terminal } from "../ask/terminal.ts";
import type { GivenInputs } from "../client/collect-inputs.ts";
import { Failure } from "../client/failure.ts";
import { nearest } from "../client/nearest.ts";
import { BaseCommand, connectionFlags } from "./base-command.ts";
import { answerFor, endFlags } from "./end-of-execution.ts";
import { readBytes } from "./read-bytes.ts";

export class Run extends BaseCommand {
  static override summary = "Start an execution of a pipeline.";
  static override description =
    "On a terminal it asks which pipeline, where none is named, and for inputs that have no value. Inputs are checked against the types that the pipeline declares before anything is sent. With --wait or --follow the exit code is 1 when the execution does not succeed.";
  static override examples = ["<%= config.bin %> run", "<%= config.bin %> run Total --input path=orders.csv --wait"];
  static override args = {
    pipeline: Args.string({ description: "id of the pipeline, or a name that only one has" }),
  };
  static override flags = {
    ...connectionFlags,
    ...endFlags,
    input: Flags.string({ char: "i", multiple: true, description: "name=value; bytes may be given as name=@FILE" }),
    "inputs-file": Flags.string({ description: "JSON or YAML file with values by name" }),
    "no-ask": Flags.boolean({ description: "on a terminal too, say what is missing instead of asking for it" }),
    force: Flags.boolean({ description: "whatever the pipeline's condition triggers say" }),
    "idempotency-key": Flags.string({ description: "the same key starts one execution, however often it is sent" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Run);
    const { collectInputs } = await import("../client/collect-inputs.ts");
    const terminal = flags["no-ask"] ? undefined : optTerminal(process);
    await this.connect(flags, async (call) => {
      const { pipelines } = await call.listPipelines({});
      const pipeline = await findPipeline(pipelines, args.pipeline, terminal);
      const given = { pairs: flags.input ?? [], values: await readValues(flags["inputs-file"]) };
      const answers =
        terminal === undefined ? [] : await askRest(pipeline, given, args.pipeline === undefined, terminal);
      const pairs = [...given.pairs, ...answers];
      const inputs = collectInputs(pipeline.inputs, { ...given, pairs }, readBytes) as Record<string, never>;
      const { pipelineId } = pipeline;
      if (args.pipeline === undefined || answers.length > 0) {
        this.say(`the same without questions: ${sameCommand(pipelineId, pairs, flags["inputs-file"])}`);
      }
      const idempotencyKey = flags["idempotency-key"] ?? "";
      const { executionId, decision } = await call.run({ pipelineId, inputs, idempotencyKey, force: flags.force });
      this.say(decision === "duplicate" ? `${executionId} was started before with this key` : `${executionId} started`);
      await answerFor(call, executionId, flags, this.channels);
    });
  }
}

/** `word`: what a person named it by. Where that is not one pipeline a terminal offers those that it may be. */
async function findPipeline(
  pipelines: readonly Pipeline[],
  word: string | undefined,
  terminal: Terminal | undefined,
): Promise<Pipeline> {
  const found = pipelines.filter(
    ({ pipelineId }) => word === undefined || pipelineId === word || pipelineId.endsWith(`#${word}`),
  );
  const [only, other] = found;
  if (only === undefined) throw unknownPipeline(pipelines, word);
  if (word !== undefined && other === undefined) return only;
  if (terminal === undefined) throw ambiguous(found, word);
  const { choosePipeline } = await import("../ask/choose-pipeline.ts");
  return choosePipeline(found, terminal);
}

function unknownPipeline(pipelines: readonly Pipeline[], word: string | undefined): Failure {
  if (word === undefined) return new Failure("failed", "no pipeline is registered: there is nothing to run");
  const ids = pipelines.map(({ pipelineId }) => pipelineId);
  const near = nearest(word, [...ids, ...ids.map((id) => id.slice(id.indexOf("#") + 1))]);
  return new Failure("usage", `no pipeline '${word}'${near === undefined ? "" : `; did you mean '${near}'?`}`);
}

/** Ids that a message names. */
const namedIds = 20;

function ambiguous(found: readonly Pipeline[], word: string | undefined): Failure {
  const ids = found.slice(0, namedIds).map(({ pipelineId }) => pipelineId);
  const choices = `${ids.join(", ")}${found.length > namedIds ? ` and ${found.length - namedIds} more` : ""}`;
  if (word !== undefined) return new Failure("usage", `'${word}' is the name of several pipelines: ${choices}`);
  return new Failure("usage", `PIPELINE is missing, and there is no terminal to ask on: it is one of ${choices}`);
}

/** Values that are still missing; of a pipeline out of the list, those with a default too. */
async function askRest(
  { inputs }: Pipeline,
  given: GivenInputs,
  wasChosen: boolean,
  terminal: Terminal,
): Promise<string[]> {
  const { askInputs, checkGiven, openInputs } = await import("../ask/ask-inputs.ts");
  const open = openInputs(inputs, given, wasChosen);
  checkGiven(inputs, open, given, readBytes);
  return askInputs(open, terminal, readBytes);
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
