/** What every method for a running attempt's steps does first: who calls, and whether the call is of a right form. */
import type { HandlerContext } from "@connectrpc/connect";
import { type PipelineId, sha256 } from "@polyglot/contracts";
import type { CallingStep } from "@polyglot/contracts/service";
import type { QueueManager } from "../queue/queue-manager.ts";
import type { StepCall } from "../store/pipeline-state.ts";
import { apiError } from "./api-error.ts";
import { callingAgent, principalKey } from "./interceptor.ts";

const limits = {
  /** A prefix of up to 100 calls of pipelines, and the line's own name. */
  nodeCharacters: 16 * 1024,
  /** Longer ones are kept as their digest. */
  keptCharacters: 500,
} as const;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isExecutionId = (text: string): boolean => uuid.test(text);

/** A step of an attempt under way on the agent that calls. */
export interface RunningStep extends StepCall {
  /** The pipeline whose text has the step. */
  readonly pipelineId: PipelineId;
}

/** Refuses a step that is not of an attempt which the calling agent runs. Its answer is as old as it is: the store fences. */
export async function runningStep(
  step: CallingStep | undefined,
  { values }: HandlerContext,
  queue: Pick<QueueManager, "callerOf">,
): Promise<RunningStep> {
  const agentId = callingAgent(values.get(principalKey));
  if (step === undefined || !isExecutionId(step.executionId) || !isExecutionId(step.sessionId)) {
    throw apiError("request/invalid", "the request names the step of an attempt and its session", "step");
  }
  if (step.sequence < 1 || step.nodeId.length > limits.nodeCharacters || step.nodeId.includes("\0")) {
    throw apiError("request/invalid", "a step has a node id, and its calls count from 1", "step");
  }
  const caller = await queue.callerOf(agentId, step);
  if (caller === undefined) throw staleAttempt(step);
  return { ...caller, nodeId: shortened(step.nodeId), sequence: step.sequence };
}

/** Node ids are parts of keys in the store, whose indexes hold some 2,700 bytes an entry. */
const shortened = (nodeId: string): string => (nodeId.length > limits.keptCharacters ? sha256(nodeId) : nodeId);

/** What the store answers to a call that it did not let through. */
export function counted<Answer>(answer: Answer | undefined, step: StepCall): Answer {
  if (answer === undefined) throw staleAttempt(step);
  return answer;
}

export const staleAttempt = ({ executionId, attemptNo }: Pick<StepCall, "executionId" | "attemptNo">) =>
  apiError("attempt/stale", `attempt ${attemptNo} of execution ${executionId} does not run there any more`);
