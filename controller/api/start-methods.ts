/** Executions that the steps of running attempts start. Those that arrive together are committed together. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { type CanonicalValue, splitPipelineId, tagOf } from "@polyglot/contracts";
import { type AgentService, StartExecutionResponseSchema } from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import type { QueueManager } from "../queue/queue-manager.ts";
import type { Activator } from "../triggers/activator.ts";
import { apiError } from "./api-error.ts";
import { decodeJson } from "./canonical-bytes.ts";
import { type RunningStep, runningStep } from "./step-calls.ts";

const limits = {
  /** Of all inputs as JSON. */
  inputBytes: 16 * 1024 * 1024,
} as const;

export interface StartParts {
  readonly activator: Activator;
  readonly queue: Pick<QueueManager, "callerOf">;
  readonly clock: Clock;
}

export function startMethods(parts: StartParts): Pick<ServiceImpl<typeof AgentService>, "startExecution"> {
  const { activator, queue, clock } = parts;
  return {
    async startExecution({ step: calling, pipelineId: text, inputs }, context) {
      const step = await runningStep(calling, context, queue);
      const [decision] = await activator.activate([
        {
          pipelineId: calledBy(step, text),
          triggerName: "U.Call",
          triggerKey: null,
          triggerContext: {
            timestamp: new Date(clock.now()).toISOString(),
            parent_id: step.executionId,
            node_id: step.nodeId,
          },
          inputs: decodeInputs(inputs),
          dedupeKey: keyOf(step),
          host: null,
          parent: step,
        },
      ]);
      if (decision === undefined) throw new Error("an event has a decision");
      if (decision.kind === "refused") throw apiError(decision.code, decision.message, decision.field);
      return create(StartExecutionResponseSchema, { executionId: decision.executionId });
    },
  };
}

/** Without the attempt: the next one that comes to the same call has started the execution already. */
const keyOf = ({ executionId, nodeId, sequence }: RunningStep): string => `U.Call:${executionId}/${nodeId}#${sequence}`;

/** A plain name is one of the caller's namespace. */
const calledBy = ({ pipelineId }: RunningStep, text: string): string =>
  text.includes("#") ? text : `${splitPipelineId(pipelineId).namespace}#${text}`;

function decodeInputs(bytes: Uint8Array): Readonly<Record<string, CanonicalValue>> {
  const { value } = decodeJson(bytes, limits.inputBytes, "inputs");
  if (value === null || typeof value !== "object" || Array.isArray(value) || tagOf(value) !== undefined) {
    throw apiError("request/invalid", "inputs are a map of values by input name", "inputs");
  }
  return value as Readonly<Record<string, CanonicalValue>>;
}
