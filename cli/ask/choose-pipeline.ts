import type { Pipeline } from "@polyglot/contracts/service";
import { answerTo, type Terminal } from "./terminal.ts";
import { describeInput } from "./describe-input.ts";

/** Lines of the list that are seen at once. */
const pageSize = 12;

/** A list that narrows as a person types words of an id, in any order. */
export async function choosePipeline(pipelines: readonly Pipeline[], terminal: Terminal): Promise<Pipeline> {
  const { default: search } = await import("@inquirer/search");
  const sorted = pipelines.toSorted((a, b) => (a.pipelineId < b.pipelineId ? -1 : 1));
  const source = (typed: string | undefined) => pipelinesNamed(sorted, typed ?? "").map(toChoice);
  return answerTo(search({ message: "pipeline", source, pageSize }, terminal));
}

export function pipelinesNamed<P extends Pick<Pipeline, "pipelineId">>(pipelines: readonly P[], typed: string): P[] {
  const words = typed.toLowerCase().split(/\s+/);
  return pipelines.filter(({ pipelineId }) => words.every((word) => pipelineId.toLowerCase().includes(word)));
}

function toChoice(pipeline: Pipeline) {
  const inputs = pipeline.inputs.map(describeInput).join(", ");
  return {
    value: pipeline,
    name: pipeline.pipelineId,
    description: inputs === "" ? "takes no inputs" : `takes ${inputs}`,
    ...(pipeline.suspended ? { disabled: "(suspended)" } : {}),
  };
}
