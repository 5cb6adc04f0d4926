/** Attempts under way that ask something of the controller: who may ask, before the store decides whether it counts. */
import type { AgentId, PipelineId, Plan } from "@polyglot/contracts";
import type { PlanCache } from "../store/plan-cache.ts";
import type { RunningSet } from "./running-set.ts";

export interface Caller {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly sessionId: string;
  readonly pipelineId: string;
}

/** An attempt under way, and the pipeline of its plan whose text has the step. */
export interface RunningCaller {
  readonly executionId: string;
  readonly attemptNo: number;
  readonly sessionId: string;
  readonly pipelineId: PipelineId;
}

export class CallingAttempts {
  readonly #running: RunningSet;
  readonly #plans: PlanCache;

  constructor(running: RunningSet, plans: PlanCache) {
    this.#running = running;
    this.#plans = plans;
  }

  /** Undefined where the agent does not run the attempt, or its plan has no text of that pipeline. */
  async find(agentId: AgentId, caller: Caller): Promise<RunningCaller | undefined> {
    const { executionId, attemptNo, sessionId, pipelineId } = caller;
    const attempt = await this.#running.find(executionId, attemptNo);
    if (attempt === undefined || attempt.agentId !== agentId || attempt.sessionId !== sessionId) return undefined;
    await this.#plans.load([attempt.planDigest]);
    const plan = this.#plans.get(attempt.planDigest)?.plan;
    if (plan === undefined || !isIn(plan, pipelineId)) return undefined;
    return { executionId, attemptNo, sessionId, pipelineId: pipelineId as PipelineId };
  }
}

const isIn = (plan: Plan, pipelineId: string): boolean =>
  plan.pipeline_id === pipelineId || Object.hasOwn(plan.callees, pipelineId);
