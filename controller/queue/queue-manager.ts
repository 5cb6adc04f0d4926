/**
 * The queue manager of one controller: orders what waits in the shards that it holds, claims it for agents that granted
 * credits, dispatches, settles results, and takes over the work of agents that are gone.
 *
 * It is level-based: memory is a bounded view of the durable rows, read again after each takeover and each lost
 * notification. It never asks the store "anything new?" on a timer: commits announce themselves.
 */
import { type AgentId, defaults, type ExecutionId, type PlanDigest } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import type { ShardHolder } from "../leader/shard-holder.ts";
import { ObservedPeaks } from "../observe/observed-peaks.ts";
import type { QueueDefinition } from "../registry/queue-definition.ts";
import type { QueueRegistry } from "../registry/queue-registry.ts";
import type { PlannedPipeline, PolicyBook } from "../policies/policy-book.ts";
import type { Database } from "../store/database.ts";
import type { BackgroundBranch, HeldShard } from "../store/executions.ts";
import { agentsChannel, readCordoned } from "../store/cordons.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import { readQueueMeters } from "../store/queue-meters.ts";
import type { Demand } from "./admission/demand.ts";
import { AgentSession, type AgentStream } from "./agent-session.ts";
import type { AttemptResult, RunningAttempt } from "./attempt-result.ts";
import { Canceller } from "./canceller.ts";
import { type Caller, CallingAttempts, type RunningCaller } from "./calling-attempts.ts";
import { Dispatcher } from "./dispatcher.ts";
import { noQueueMetrics, type QueueMetrics, type SettledExecution } from "./queue-events.ts";
import { Overdue } from "./overdue.ts";
import { Pressure } from "./pressure.ts";
import { type AgentAttempts, Rescuer } from "./rescuer.ts";
import { Router } from "./routing/router.ts";
import { RunningSet } from "./running-set.ts";
import { Settler } from "./settler.ts";
import { SlotLedger } from "./slot-ledger.ts";
import type { Wait } from "./why/wait.ts";
import { WaitExplainer } from "./why/wait-explainer.ts";

export class QueueManager implements Service {
  readonly name = "queue manager";
  readonly #database: Database;
  readonly #holder: ShardHolder;
  readonly #registry: QueueRegistry;
  readonly #tasks: BackgroundTasks;
  readonly #policies: PolicyBook;
  readonly #plans: PlanCache;
  readonly #explainer: WaitExplainer;
  readonly #router: Router;
  readonly #dispatcher: Dispatcher;
  readonly #overdue: Overdue;
  readonly #pressure: Pressure;
  readonly #settler: Settler;
  readonly #running: RunningSet;
  readonly #rescuer: Rescuer;
  readonly #canceller: Canceller;
  readonly #callers: CallingAttempts;
  readonly #endedListeners = new Set<(settled: readonly SettledExecution[]) => void>();
  readonly #stoppers: (() => void)[] = [];
  #stopped = true;
  /** Grows whenever other shards are held. */
  #turn = 0;

  constructor(
    database: Database,
    holder: ShardHolder,
    registry: QueueRegistry,
    policies: PolicyBook,
    plans: PlanCache,
    clock: Clock,
    logger: Logger,
    metrics: QueueMetrics = noQueueMetrics,
  ) {
    this.#database = database;
    this.#holder = holder;
    this.#registry = registry;
    this.#policies = policies;
    this.#plans = plans;
    this.#tasks = new BackgroundTasks((error) => logger.warn({ error }, "the queue could not finish a round"));
    this.#settler = new Settler(database, plans, registry, clock, metrics, (settled) => this.#announce(settled));
    const slots = new SlotLedger();
    const peaks = new ObservedPeaks(database, clock);
    const now = () => clock.monotonic();
    const router = new Router({ plans, policies, peaks, now }, () => this.#dispatcher.sessions);
    this.#router = router;
    const running = new RunningSet(database, plans, slots, {
      prepare: (attempts) => router.learn(attempts),
      onBegan: (attempt) => router.began(attempt, registry.of(attempt.queue)),
      onEnded: (executionId) => {
        if (router.ended(executionId)) this.#dispatcher.reconsider();
      },
      onFreed: (user) => this.#dispatcher.freed(user),
    });
    this.#running = running;
    const tasks = this.#tasks;
    const parts = { database, holder, plans, registry, router, running, slots, clock, metrics, tasks };
    this.#overdue = new Overdue(database, clock, tasks, (ended) => {
      this.#dispatcher.forget(ended);
      this.#buried(ended.map(({ executionId }) => executionId));
    });
    this.#pressure = new Pressure(database, registry, clock, tasks);
    this.#dispatcher = new Dispatcher({
      ...parts,
      onDoubt: (ids) => this.#rescuer.doubt(ids),
      onUnsent: (attempts) => tasks.add(this.#rescuer.handBack(attempts)),
      onWaitUntil: (waitUntilMs) => this.#overdue.expect(waitUntilMs),
      onEnded: (ids) => this.#buried(ids),
    });
    this.#callers = new CallingAttempts(running, plans);
    this.#rescuer = new Rescuer(database, running, this.#settler, this.#dispatcher, clock, logger);
    const connected = () => [...this.#dispatcher.sessions].length;
    this.#explainer = new WaitExplainer({ database, registry, plans, router, clock, connected });
    this.#canceller = new Canceller(
      database,
      running,
      () => this.#dispatcher.sessions,
      (settled) => this.#announce(settled),
    );
  }

  async start(): Promise<void> {
    this.#stopped = false;
    this.#dispatcher.start();
    this.#stoppers.push(this.#registry.onChange((changed) => this.#redefine(changed)));
    await this.#readCordons();
    this.#stoppers.push(this.#policies.onChange(() => this.#dispatcher.reconsider()));
    this.#stoppers.push(this.#holder.onChange((held) => this.#tasks.add(this.#follow(held))));
    this.#stoppers.push(
      await this.#database.listen("polyglot_waiting", (shard) => this.#dispatcher.readNew(shard !== undefined)),
      await this.#database.listen(agentsChannel, () => this.#tasks.add(this.#readCordons())),
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
    this.#dispatcher.stop();
    this.#overdue.stop();
    this.#pressure.stop();
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
   * An agent's stream is open and its session stored. Of the attempts that the agent knows it has said which: what the
   * store has beside them never reached it, or ended with the process that had it.
   */
  async attach(stream: AgentStream, said: AgentAttempts): Promise<AgentSession> {
    const session = new AgentSession(stream);
    let turn: number;
    // Shards that came meanwhile were not looked at.
    do {
      turn = this.#turn;
      await this.#rescuer.reclaim(stream.agentId, stream.sessionId, said);
    } while (turn !== this.#turn);
    this.#dispatcher.attach(session);
    return session;
  }

  /** The stream is closed. Its attempts go on as long as the agent's lease does. */
  detach(session: AgentSession): void {
    this.#dispatcher.detach(session);
  }

  grant(session: AgentSession, credits: number): void {
    session.grant(credits);
    this.#dispatcher.reconsider();
  }

  /** A host has told its load. */
  sampled(): void {
    this.#dispatcher.reconsider();
  }

  /** An agent has made something ready: what waits for that may go there. */
  readinessChanged(): void {
    this.#dispatcher.reconsider();
  }

  /** Of an attempt under way that this controller knows of. */
  pipelineOf(executionId: string): string | undefined {
    return this.#running.peek(executionId)?.pipelineId;
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

  /** What an execution waits for; undefined where it does not wait for a start. */
  explain(executionId: string): Promise<Wait | undefined> {
    return this.#explainer.explain(executionId);
  }

  /** What is set aside for a pipeline's next execution, where a policy has that learned and enough ran. */
  async learned({ id, digest }: Pick<PlannedPipeline, "id" | "digest">): Promise<Demand | undefined> {
    const planDigest = digest as PlanDigest;
    const asked = { executionId: "" as ExecutionId, pipelineId: id, planDigest, host: null, concurrencyKey: null };
    await this.#plans.load([planDigest]);
    await this.#router.learn([asked]);
    const demand = this.#router.demandOf(asked, this.#registry.of(defaults.queue));
    return demand?.learnedRuns === undefined ? undefined : demand;
  }

  /** Ends an execution, whichever controller owns it. Waiting work is cancelled at once; running work is told to stop. */
  async cancel(executionId: string, mode: "cancel" | "kill", reason: string): Promise<"cancelled" | "told" | "ended"> {
    const answer = await this.#canceller.cancel(executionId, mode, reason);
    if (answer === "cancelled") this.#dispatcher.forgetAnywhere(executionId);
    return answer;
  }

  async #readCordons(): Promise<void> {
    this.#router.cordon(await readCordoned(this.#database));
    this.#dispatcher.reconsider();
  }

  async #follow(held: readonly HeldShard[]): Promise<void> {
    const shards = held.filter((one) => one.shard.startsWith("queue/")).map((one) => one.shard);
    this.#turn += 1;
    await this.#running.load(shards, (id) => this.#dispatcher.isClaiming(id));
    // What another controller claimed may never have reached its agent.
    this.#dispatcher.askAnew(this.#running.strangers);
    this.#dispatcher.loadMeters(await readQueueMeters(this.#database));
    await this.#rescuer.sweep();
    await this.#dispatcher.follow(shards);
    await this.#overdue.follow(shards);
    this.#pressure.follow(shards);
  }

  #redefine(changed: readonly QueueDefinition[]): void {
    this.#dispatcher.redefine(changed);
    this.#pressure.look();
  }

  /** They waited until they were dead letters. */
  #buried(executionIds: readonly string[]): void {
    this.#announce(executionIds.map((executionId) => ({ executionId, state: "dead_lettered" })));
  }

  #announce(settled: readonly SettledExecution[]): void {
    for (const listener of this.#endedListeners) listener(settled);
  }
}

/** It runs since its parent ended, and once. */
const branchOf = (parent: RunningAttempt, { executionId }: BackgroundBranch): RunningAttempt => ({
  ...parent,
  executionId: executionId as ExecutionId,
  attemptNo: 1,
  maxAttempts: 1,
  known: "named",
});
