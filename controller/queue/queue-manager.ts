/**
 * The queue manager of one controller: orders what waits in the shards that it holds, claims it for agents that granted
 * credits, dispatches, settles results, and takes over the work of agents that are gone.
 *
 * It is level-based: memory is a bounded view of the durable rows, read again after each takeover and each lost
 * notification. It never asks the store "anything new?" on a timer: commits announce themselves.
 */
import type { AgentId, ExecutionId } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import type { ShardHolder } from "../leader/shard-holder.ts";
import { readHeldSessions } from "../store/agents.ts";
import type { Database } from "../store/database.ts";
import {
  type BackgroundBranch,
  type Claim,
  type ClaimedAttempt,
  claimExecutions,
  type HeldShard,
  type WaitingExecution,
} from "../store/executions.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import { AgentSession, type AgentStream, type Dispatch } from "./agent-session.ts";
import type { AttemptResult, RunningAttempt } from "./attempt-result.ts";
import { Canceller } from "./canceller.ts";
import { type Caller, CallingAttempts, type RunningCaller } from "./calling-attempts.ts";
import { noQueueMetrics, type QueueMetrics, type SettledExecution } from "./queue-events.ts";
import { Rescuer } from "./rescuer.ts";
import { RunningSet } from "./running-set.ts";
import { Settler } from "./settler.ts";
import { WaitingLine } from "./waiting-line.ts";
import { WaitingReader } from "./waiting-reader.ts";

const limits = {
  /** Executions claimed in one statement. */
  claimItems: 500,
  /**
   * Claims under way at once. What becomes claimable meanwhile goes together into the next one: with two at once they
   * were half as large, and single events took 7 ms instead of 4 from their arrival to their start.
   */
  concurrentClaims: 1,
} as const;

export class QueueManager implements Service {
  readonly name = "queue manager";
  readonly #database: Database;
  readonly #holder: ShardHolder;
  readonly #plans: PlanCache;
  readonly #clock: Clock;
  readonly #metrics: QueueMetrics;
  readonly #tasks: BackgroundTasks;
  readonly #line: WaitingLine;
  readonly #reader: WaitingReader;
  readonly #settler: Settler;
  readonly #running: RunningSet;
  readonly #rescuer: Rescuer;
  readonly #canceller: Canceller;
  readonly #callers: CallingAttempts;
  readonly #sessions = new Set<AgentSession>();
  readonly #endedListeners = new Set<(settled: readonly SettledExecution[]) => void>();
  readonly #stoppers: (() => void)[] = [];
  #claims = 0;
  #stopped = true;
  #wake: NodeJS.Timeout | undefined;

  constructor(
    database: Database,
    holder: ShardHolder,
    plans: PlanCache,
    clock: Clock,
    logger: Logger,
    metrics: QueueMetrics = noQueueMetrics,
  ) {
    this.#database = database;
    this.#holder = holder;
    this.#plans = plans;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#tasks = new BackgroundTasks((error) => logger.warn({ error }, "the queue could not finish a round"));
    this.#line = new WaitingLine(clock);
    this.#reader = new WaitingReader(database, this.#line, () => this.#pump());
    this.#settler = new Settler(database, plans, clock, metrics, (settled) => this.#announce(settled));
    this.#running = new RunningSet(database, plans);
    this.#callers = new CallingAttempts(this.#running, plans);
    this.#rescuer = new Rescuer(database, this.#running, this.#settler, () => this.#claims === 0, clock, logger);
    this.#canceller = new Canceller(
      database,
      this.#running,
      () => this.#sessions,
      (settled) => this.#announce(settled),
    );
  }

  async start(): Promise<void> {
    this.#stopped = false;
    this.#stoppers.push(this.#holder.onChange((held) => this.#tasks.add(this.#follow(held))));
    this.#stoppers.push(
      await this.#database.listen("polyglot_waiting", (shard) => {
        if (shard === undefined) this.#reader.startOver();
        this.#tasks.add(this.#reader.read());
      }),
      await this.#database.listen("polyglot_cancel", (payload) => {
        if (payload !== undefined) this.#canceller.tell(payload);
      }),
    );
    await this.#follow(this.#holder.held);
    this.#rescuer.start();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#wake);
    for (const stop of this.#stoppers.splice(0)) stop();
    await this.#rescuer.stop();
    await this.#tasks.drain();
    await this.#settler.drain();
  }

  /** Called with what left `running`, after the commit. Answers how to end it. */
  onEnded(listener: (settled: readonly SettledExecution[]) => void): () => void {
    this.#endedListeners.add(listener);
    return () => this.#endedListeners.delete(listener);
  }

  /**
   * An agent's stream is open and its session stored. `held` are the attempts that the agent knows of: what the store
   * has beside them never reached it, or ended with the process that had it.
   */
  async attach(
    stream: AgentStream,
    held: readonly { executionId: string; attemptNo: number }[],
  ): Promise<AgentSession> {
    const session = new AgentSession(stream);
    await this.#rescuer.reclaim(stream.agentId, stream.sessionId, held);
    this.#sessions.add(session);
    return session;
  }

  /** The stream is closed. Its attempts go on as long as the agent's lease does. */
  detach(session: AgentSession): void {
    this.#sessions.delete(session);
  }

  grant(session: AgentSession, credits: number): void {
    session.grant(credits);
    this.#pump();
  }

  /** Settles a result of an agent's session; false when the attempt was stale. Resolves after the commit. */
  async settle(sessionId: string, result: AttemptResult): Promise<boolean> {
    const attempt = await this.#running.find(result.executionId, result.attemptNo);
    if (attempt === undefined || attempt.sessionId !== sessionId) return false;
    const settled = await this.#settler.settle(attempt, result);
    this.#running.remove(attempt);
    if (settled) for (const branch of result.background ?? []) this.#running.add(branchOf(attempt, branch));
    return settled;
  }

  /** The attempt under way for which an agent calls; undefined where the agent does not run it. */
  callerOf(agentId: AgentId, caller: Caller): Promise<RunningCaller | undefined> {
    return this.#callers.find(agentId, caller);
  }

  /** Ends an execution, whichever controller owns it. Waiting work is cancelled at once; running work is told to stop. */
  cancel(executionId: string, mode: "cancel" | "kill", reason: string): Promise<"cancelled" | "told" | "ended"> {
    return this.#canceller.cancel(executionId, mode, reason);
  }

  async #follow(held: readonly HeldShard[]): Promise<void> {
    const shards = held.filter((one) => one.shard.startsWith("queue/")).map((one) => one.shard);
    this.#line.keepShards(new Set(shards));
    await this.#running.load(shards);
    await this.#rescuer.sweep();
    await this.#reader.follow(shards);
  }

  /** Starts as many claims as credits and limits allow. Cheap when there is nothing to do. */
  #pump(): void {
    while (!this.#stopped && this.#claims < limits.concurrentClaims) {
      this.#scheduleWake();
      const chosen = this.#choose();
      if (chosen.length === 0) return;
      this.#claims += 1;
      this.#tasks.add(
        this.#claim(chosen).finally(() => {
          this.#claims -= 1;
          this.#pump();
        }),
      );
    }
  }

  #choose(): Chosen[] {
    const sessions: AgentSession[] = [];
    const executions = this.#line.take(this.#claimable(), (execution) => {
      const session = this.#leastLoaded(execution.host);
      session?.spend();
      if (session !== undefined) sessions.push(session);
      return session !== undefined;
    });
    this.#reader.refill();
    return executions.map((execution, at) => ({ execution, session: sessions[at] as AgentSession }));
  }

  #claimable(): number {
    let credits = 0;
    for (const session of this.#sessions) credits += session.credits;
    return Math.min(credits, limits.claimItems);
  }

  #leastLoaded(host: string | null): AgentSession | undefined {
    let best: AgentSession | undefined;
    for (const session of this.#sessions) {
      if (session.credits <= 0 || (host !== null && session.stream.host !== host)) continue;
      if (best === undefined || session.credits > best.credits) best = session;
    }
    return best;
  }

  async #claim(chosen: readonly Chosen[]): Promise<void> {
    const held = this.#holder.held;
    let refused: readonly Chosen[];
    try {
      await this.#plans.load(chosen.map(({ execution }) => execution.planDigest));
      const claimed = await claimExecutions(this.#database, this.#holder.controllerId, held, chosen.map(toClaim));
      const attempts = new Map(claimed.map((one) => [one.execution_id, one]));
      this.#dispatch(chosen, attempts, held);
      refused = chosen.filter(({ execution }) => !attempts.has(execution.executionId));
    } catch (error) {
      // The statement may have committed before its answer was lost: the rescuer finds what it claimed.
      for (const { execution, session } of chosen) {
        session.grant(1);
        this.#line.forget(execution.executionId);
      }
      this.#reader.startOver();
      this.#rescuer.doubt();
      this.#tasks.add(this.#reader.read());
      throw error;
    }
    await this.#endLapsed(refused);
  }

  /**
   * A claim is refused where the agent's lease is over, as that of one that sleeps behind an open stream: it gets nothing
   * more on this stream, and what it would have had waits for others. Should the store fail here, the listener that comes
   * back looks at all that waits.
   */
  async #endLapsed(refused: readonly Chosen[]): Promise<void> {
    const sessions = new Set(refused.map(({ session }) => session));
    if (sessions.size === 0) return;
    const held = await readHeldSessions(
      this.#database,
      [...sessions].map(({ stream }) => stream.sessionId),
    );
    const lapsed = [...sessions].filter(({ stream }) => !held.has(stream.sessionId));
    for (const session of lapsed) {
      this.detach(session);
      session.stream.end();
    }
    if (lapsed.length === 0) return;
    this.#reader.startOver();
    this.#tasks.add(this.#reader.read());
  }

  #dispatch(chosen: readonly Chosen[], claimed: ReadonlyMap<string, ClaimedAttempt>, held: readonly HeldShard[]): void {
    const terms = new Map(held.map((one) => [one.shard, one.term]));
    const bySession = new Map<AgentSession, Dispatch[]>();
    const now = this.#clock.now();
    for (const { execution, session } of chosen) {
      this.#line.forget(execution.executionId);
      const attempt = claimed.get(execution.executionId);
      if (attempt === undefined) {
        session.grant(1);
        continue;
      }
      this.#running.add({
        ...execution,
        attemptNo: attempt.attempt_no,
        agentId: session.stream.agentId,
        sessionId: session.stream.sessionId,
      });
      const list = bySession.get(session) ?? [];
      list.push(toDispatch(execution, attempt, terms.get(execution.shard) ?? 0));
      bySession.set(session, list);
      this.#metrics.dispatched(execution.queue, now - execution.enqueuedAtMs);
    }
    for (const [session, executions] of bySession) session.stream.dispatch(executions);
  }

  #announce(settled: readonly SettledExecution[]): void {
    for (const listener of this.#endedListeners) listener(settled);
  }

  #scheduleWake(): void {
    clearTimeout(this.#wake);
    const inMs = this.#line.promote();
    if (inMs !== undefined) this.#wake = setTimeout(() => this.#pump(), inMs);
  }
}

interface Chosen {
  readonly execution: WaitingExecution;
  readonly session: AgentSession;
}

/** It runs since its parent ended, and once. */
const branchOf = (parent: RunningAttempt, { executionId }: BackgroundBranch): RunningAttempt => ({
  ...parent,
  executionId: executionId as ExecutionId,
  attemptNo: 1,
  maxAttempts: 1,
});

const toClaim = ({ execution, session }: Chosen): Claim => ({
  executionId: execution.executionId,
  agentId: session.stream.agentId,
  sessionId: session.stream.sessionId,
});

const toDispatch = (execution: WaitingExecution, attempt: ClaimedAttempt, term: number): Dispatch => ({
  executionId: execution.executionId,
  attemptNo: attempt.attempt_no,
  term,
  pipelineId: execution.pipelineId,
  planDigest: execution.planDigest,
  inputs: attempt.inputs,
  triggerContext: attempt.trigger_context,
  queue: execution.queue,
  priority: execution.priority,
  enqueuedAtMs: execution.enqueuedAtMs,
});
