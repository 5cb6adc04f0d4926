/** An execution that runs on an agent, in a store of its own, for tests. */
import { randomUUID } from "node:crypto";
import {
  type AgentId,
  createExecutionId,
  type ExecutionId,
  type PipelineId,
  type PlanDigest,
} from "@polyglot/contracts";
import { insertActivations, type NewActivation } from "./activations.ts";
import { openSession } from "./agents.ts";
import type { Database } from "./database.ts";
import { type BackgroundBranch, claimExecutions, settleAttempts } from "./executions.ts";
import type { CallingAttempt } from "./pipeline-state.ts";
import { holdShards, seedShards } from "./shards.ts";
import { createTestDatabase } from "./test-database.ts";

const shard = "queue/0";
const agentId = "a1" as AgentId;

export class RunningAttempts implements AsyncDisposable {
  readonly database: Database;
  readonly sessionId = randomUUID();
  readonly #close: () => Promise<void>;

  private constructor(database: Database, close: () => Promise<void>) {
    this.database = database;
    this.#close = close;
  }

  static async create(): Promise<RunningAttempts> {
    const store = await createTestDatabase();
    const attempts = new RunningAttempts(store.database, async () => store[Symbol.asyncDispose]());
    await seedShards(store.database, [shard]);
    await holdShards(store.database, "c1", [shard], 600_000);
    await openSession(store.database, agentId, attempts.sessionId, 600_000, {});
    return attempts;
  }

  /** Its first attempt runs. */
  async start(pipelineId = "a#B", inputs: NewActivation["inputs"] = {}): Promise<CallingAttempt> {
    const activation = newActivation({ pipelineId: pipelineId as PipelineId, inputs });
    await insertActivations(this.database, [activation]);
    return this.claim(activation.activationId);
  }

  /** The next attempt of one that waits. */
  async claim(executionId: string): Promise<CallingAttempt> {
    const claim = { executionId: executionId as ExecutionId, agentId, sessionId: this.sessionId };
    const [claimed] = await claimExecutions(this.database, "c1", [{ shard, term: 1 }], [claim]);
    if (claimed === undefined) throw new Error(`execution ${executionId} was not claimed`);
    return { executionId, attemptNo: claimed.attempt_no, sessionId: this.sessionId };
  }

  async settle(
    attempt: CallingAttempt,
    nextState: "succeeded" | "waiting",
    background?: readonly BackgroundBranch[],
  ): Promise<boolean> {
    const settled = await settleAttempts(this.database, [
      {
        ...{ executionId: attempt.executionId as ExecutionId, attemptNo: attempt.attemptNo, nextState },
        ...{ sessionId: attempt.sessionId, outcome: "succeeded", outputs: "{}", error: null, metrics: null },
        ...{ steps: null, exitCode: null, cleanup: "none", startedAt: null, endedAt: new Date(), dueAt: null },
        deadLetter: null,
        ...(background === undefined ? {} : { background }),
      },
    ]);
    return settled.has(attempt.executionId);
  }

  /** Its last attempt failed. */
  async bury(
    attempt: CallingAttempt,
    changes: { endedAt?: Date; queue?: string; fingerprint?: string; type?: string } = {},
  ) {
    const { endedAt = new Date(), queue = null, fingerprint = "f1", type = "py\\!ValueError" } = changes;
    const error = JSON.stringify({ type, message: "row 1 is bad", trace: "", step: "s1" });
    const settled = await settleAttempts(this.database, [
      {
        ...{ executionId: attempt.executionId as ExecutionId, attemptNo: attempt.attemptNo, endedAt, error },
        ...{
          sessionId: attempt.sessionId,
          outcome: "failed",
          outputs: null,
          metrics: null,
          nextState: "dead_lettered",
        },
        ...{ steps: null, exitCode: null, cleanup: "done", startedAt: null, dueAt: null },
        deadLetter: { reason: "attempts_used_up", queue, fingerprint },
      },
    ]);
    return settled.has(attempt.executionId);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

export const newActivation = (changes: Partial<NewActivation> = {}): NewActivation => ({
  ...{ activationId: createExecutionId(), pipelineId: "a#B" as PipelineId, dedupeKey: null, triggerName: "run" },
  ...{ triggerKey: null, triggerContext: {}, inputs: {}, revision: null, planDigest: "sha256:x" as PlanDigest },
  ...{ queue: "Default", shard, priority: 0, host: null, maxAttempts: 3, at: new Date() },
  ...changes,
});
