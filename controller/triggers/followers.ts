import { type Plan, type PipelineId, splitPipelineId } from "@polyglot/contracts";
import { shardOfTriggers } from "../leader/shard-names.ts";
import type { Follower } from "../store/plans.ts";
import { registrationsOf } from "./registrations.ts";

/** Which runs of other pipelines this one follows. A name without a namespace is one of its own. */
export function followersOf(plan: Plan): Follower[] {
  const { namespace, name } = splitPipelineId(plan.pipeline_id as PipelineId);
  return registrationsOf(plan).flatMap((trigger) => {
    const { pipeline, outcome = "succeeded" } = trigger.arguments;
    if (trigger.name !== "T.Polyglot.Pipeline.Completed" || typeof pipeline !== "string") return [];
    const followed = pipeline.includes("#") ? pipeline : `${namespace}#${pipeline}`;
    return [
      {
        triggerKey: trigger.key,
        followed,
        outcome: outcome as string,
        namespace,
        name,
        shard: shardOfTriggers(namespace),
      },
    ];
  });
}
