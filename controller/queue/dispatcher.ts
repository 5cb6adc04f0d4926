/**
 * Chooses what starts next and where, claims it in batches and sends it to agents. One claim is under way at a time; what
 * becomes claimable meanwhile goes together into the next one.
 *
 *     waiting ──choose──> taken ──claim──> running on an agent
 *                           └── refused ──> waiting, or gone
 */
import type { BackgroundTasks, Clock } from "@polyglot/service";
import type { ShardHolder } from "../leader/shard-holder.ts";
import { shardOfQueue } from "../leader/shard-names.ts";
import type { QueueDefinition } from "../registry/queue-definition.ts";
import { RunEstimates } from "../observe/run-estimates.ts";
import { orderKeyOf } from "../registry/order-key.ts";
import type { QueueRegistry } from "../registry/queue-registry.ts";
import { readHeldSessions } from "../store/agents.ts";
import { missedDeadline } from "../registry/deadline.ts";
import { buried } from "../registry/waiting-end.ts";
import type { Database } from "../store/database.ts";
import { endWaiting, type WaitingEnd } from "../store/ended-waiting.ts";
import { type Claim, type ClaimedAttempt, claimExecutions, type HeldShard } from "../store/executions.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import type { MeterReading } from "../store/queue-meters.ts";
import { type ClosedGates, type QueueOrder, rekeyQueues, type WaitingExecution } from "../store/waiting.ts";
import type { AgentSession, Dispatch } from "./agent-session.ts";
import { GateWakes } from "./gate-wakes.ts";
import type { QueueMetrics } from "./queue-events.ts";
import type { Router } from "./routing/router.ts";
import type { RunningAttempt } from "./attempt-result.ts";
import type { RunningSet } from "./running-set.ts";
import type { SlotLedger, SlotUser } from "./slot-ledger.ts";
import { keyGate, pipelineGate, StartGates } from "./start-gates.ts";
import type { Offer, WaitingLine } from "./waiting-line.ts";
import { WaitingLines } from "./waiting-lines.ts";
import { WaitingReader } from "./waiting-reader.ts";

const limits = {
  /** Executions claimed in one statement. */
  claimItems: 500,
  /** Executions that are looked at again when a rate lets its key go on. */
  openedItems: 100,
  /**
   * Claims under way at once. What becomes claimable meanwhile goes together into the next one: with two at once they
   * were half as large, and single events took 7 ms instead of 4 from their arrival to their start.
   */
  concurrentClaims: 1,
  /** Of each pipeline that waits for an agent, those that are asked when one has more room. */
  opened: 16,
} as const;

export interface DispatcherParts {
  readonly database: Database;
  readonly holder: ShardHolder;
  readonly plans: PlanCache;
  readonly registry: QueueRegistry;
  readonly router: Router;
  readonly running: RunningSet;
  readonly slots: SlotLedger;
  readonly clock: Clock;
  readonly metrics: QueueMetrics;
  readonly tasks: BackgroundTasks;
  /** A claim may have been committed without its answer. */
  readonly onDoubt: (executionIds: readonly string[]) => void;
  /** Claimed for streams that ended before anything was sent. */
  readonly onUnsent: (attempts: readonly RunningAttempt[]) => void;
  /** Something waits for its first start, and not longer than until then. */
  readonly onWaitUntil: (waitUntilMs: number) => void;
  /** They ended without a start. */
  readonly onEnded: (executionIds: readonly string[]) => void;
}

export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #lines: WaitingLines;
  readonly #reader: WaitingReader;
  readonly #gates: StartGates;
  readonly #estimates: RunEstimates;
  readonly #wakes = new GateWakes();
  readonly #missed: WaitingEnd[] = [];
  readonly #sessions = new Set<AgentSession>();
  readonly #claiming = new Set<string>();
  /** At which something waits for an agent. */
  readonly #agentGates = new Map<string, { readonly queue: string; readonly gate: string }>();
  /** Plans that are being read. */
  readonly #loading = new Set<string>();
  /** In which each queue's rows have their keys, as far as this owner saw to it. */
  readonly #orders = new Map<string, string>();
  #shards: ReadonlySet<string> = new Set();
  #claims = 0;
  #stopped = true;
  #wake: NodeJS.Timeout | undefined;

  constructor(parts: DispatcherParts) {
    const { database, clock, registry, slots, plans } = parts;
    this.#parts = parts;
    this.#gates = new StartGates(slots, ({ planDigest }) => plans.get(planDigest)?.plan.queue, clock);
    this.#lines = new WaitingLines(
      clock,
      (queue) => registry.of(queue),
      (queue) => this.#gates.sharesOf(queue),
    );
    this.#estimates = new RunEstimates(database, clock);
    this.#reader = new WaitingReader(database, clock, this.#lines, {
      closedGates: closedGatesOf,
      prepare: (executions) => this.#prepare(executions),
      onRead: (news) => {
        this.#mend(news);
        this.pump();
      },
    });
  }

  get sessions(): Iterable<AgentSession> {
    return this.#sessions;
  }

  /** No claim is under way. */
  get isQuiet(): boolean {
    return this.#claims === 0;
  }

  isClaiming(executionId: string): boolean {
    return this.#claiming.has(executionId);
  }

  start(): void {
    this.#stopped = false;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#wake);
  }

  async follow(shards: readonly string[]): Promise<void> {
    this.#shards = new Set(shards);
    this.#lines.keepShards(this.#shards, shardOfQueue);
    // Under an owner that did not hear of a change, what came may have the keys of the order before.
    this.#orders.clear();
    await this.#rekey(this.#parts.registry.queues.values());
    await this.#reader.follow(shards);
  }

  /** What the queues metered out before, by whoever had them. */
  loadMeters(readings: readonly MeterReading[]): void {
    this.#gates.load(readings);
    for (const line of this.#lines.lines) if (line.definition.fairShare !== undefined) line.redefine(line.definition);
  }

  /** Something waits that did not. `isCertain`: nothing else was missed. */
  readNew(isCertain: boolean): void {
    if (!isCertain) this.#reader.startOver();
    this.#parts.tasks.add(this.#reader.read());
  }

  /** Queues have other settings than before. */
  redefine(definitions: readonly QueueDefinition[]): void {
    for (const definition of definitions) this.#lines.redefine(definition);
    this.#parts.tasks.add(this.#rekey(definitions));
    this.pump();
  }

  /** What the choice depends on besides the rows: the pipelines' own lines, and how long their runs take. */
  async #prepare(executions: readonly WaitingExecution[]): Promise<void> {
    const { plans, router, onWaitUntil } = this.#parts;
    await plans.load(executions.map((one) => one.planDigest));
    await router.learn(executions);
    const bound = executions.filter((one) => one.deadlineAtMs !== null);
    if (bound.length > 0) await this.#estimates.load(bound.map((one) => one.pipelineId));
    for (const { waitUntilMs, attemptNo } of executions)
      if (waitUntilMs !== null && attemptNo === 0) onWaitUntil(waitUntilMs);
  }

  /** Rows whose keys are not of their queue's order, as those of replays, get them; they come again then. */
  #mend(news: readonly WaitingExecution[]): void {
    const wrong = new Map<string, QueueDefinition>();
    for (const execution of news) {
      const definition = this.#lines.line(execution.queue)?.definition;
      if (definition !== undefined && !hasKeysOf(definition, execution)) wrong.set(execution.queue, definition);
    }
    for (const queue of wrong.keys()) this.#orders.delete(queue);
    if (wrong.size > 0) this.#parts.tasks.add(this.#rekey(wrong.values()));
  }

  /** What was activated under another order. Memory follows by the feed. */
  async #rekey(definitions: Iterable<QueueDefinition>): Promise<void> {
    const own = [...definitions].filter(({ name }) => this.#shards.has(shardOfQueue(name))).map(orderOf);
    const changed = own.filter((order) => this.#orders.get(order.queue) !== JSON.stringify(order));
    if (changed.length === 0) return;
    await rekeyQueues(this.#parts.database, changed);
    for (const order of changed) this.#orders.set(order.queue, JSON.stringify(order));
  }

  attach(session: AgentSession): void {
    this.#sessions.add(session);
    const gate = hostGate(session.stream.host);
    for (const line of this.#lines.lines) this.#lines.open(line.queue, gate, Number.POSITIVE_INFINITY);
    this.#openAgentGates();
  }

  /** What was sent on it after a newer stream of its agent began is named by none: that one has to begin again. */
  detach(session: AgentSession): void {
    this.#sessions.delete(session);
    for (const other of this.#sessions) if (session.outlived(other)) other.stream.end();
  }

  /** Streams of these sessions begin again, so that their agents say what they have. */
  askAnew(sessionIds: ReadonlySet<string>): void {
    for (const session of this.#sessions) {
      if (!sessionIds.has(session.stream.sessionId)) continue;
      this.detach(session);
      session.stream.end();
    }
  }

  /** They wait no more. */
  forget(ended: readonly { readonly executionId: string; readonly queue: string }[]): void {
    for (const one of ended) this.#lines.forget(one);
  }

  /** It waits no more, in whichever queue it did. Without this its claim is refused, out of turn for those after it. */
  forgetAnywhere(executionId: string): void {
    for (const { queue } of this.#lines.lines) this.#lines.forget({ executionId, queue });
  }

  /** Somebody gave a place back: the next one of the same queue, pipeline and key may have it. */
  freed({ queue, pipelineId, concurrencyKey, shareKey }: SlotUser): void {
    this.#lines.freed({ queue, shareKey });
    this.#lines.open(queue, pipelineGate(pipelineId), 1);
    if (concurrencyKey !== null) this.#lines.open(queue, keyGate(concurrencyKey), 1);
    this.pump();
  }

  /** Starts as many claims as credits and limits allow. Cheap when there is nothing to do. */
  pump(): void {
    while (!this.#stopped && this.#claims < limits.concurrentClaims) {
      const chosen = this.#choose();
      this.#scheduleWake();
      if (chosen.length === 0) return;
      this.#claims += 1;
      this.#parts.tasks.add(
        this.#claim(chosen).finally(() => {
          this.#claims -= 1;
          // One that waited for an agent got one: so may the next of its pipeline.
          if (chosen.some(({ execution }) => this.#agentGates.has(agentKey(execution)))) this.#openAgentGates();
          this.pump();
        }),
      );
    }
  }

  #choose(): Chosen[] {
    this.#openByTime();
    this.#lines.promote();
    const chosen: Chosen[] = [];
    const count = this.#claimable();
    if (count > 0) {
      const isOpen = (definition: QueueDefinition) => this.#gates.isOpen(definition);
      this.#lines.take(count, isOpen, (execution, definition) => this.#offer(execution, definition, chosen));
    }
    this.#refill();
    if (this.#missed.length > 0) this.#parts.tasks.add(this.#endMissed());
    return chosen;
  }

  #offer(execution: WaitingExecution, definition: QueueDefinition, chosen: Chosen[]): Offer {
    const late = this.#late(execution, definition);
    if (late !== undefined) {
      this.#missed.push(late);
      return "gone";
    }
    const gate = this.#gates.gateOf(execution, definition);
    if (gate !== undefined) return this.#park(execution, definition, gate);
    const choice = this.#parts.router.choose(execution, definition);
    if (choice.kind === "unknown-plan") return this.#loadPlan(execution);
    if (choice.kind === "none") return this.#unserved(execution);
    const { session } = choice;
    this.#gates.enter(execution, definition);
    this.#claiming.add(execution.executionId);
    chosen.push({ execution, session, definition });
    return "taken";
  }

  #park(execution: WaitingExecution, definition: QueueDefinition, gate: string): Offer {
    const atMs = this.#gates.gateOpensAtMs(gate, execution, definition);
    if (atMs !== undefined) this.#wakes.add({ queue: definition.name, gate, atMs });
    return { gate };
  }

  /** No agent that may have it has room; one that is bound to a host without an agent is not asked again before there is one. */
  #unserved({ host, queue, pipelineId }: WaitingExecution): Offer {
    if (host !== null && ![...this.#sessions].some(({ stream }) => stream.host === host))
      return { gate: hostGate(host) };
    const gate = agentGate(pipelineId);
    this.#agentGates.set(agentKey({ queue, pipelineId }), { queue, gate });
    return { gate };
  }

  /** Nothing of the queue goes before it: the order is kept while its plan is being read. */
  #loadPlan({ planDigest }: WaitingExecution): Offer {
    if (!this.#loading.has(planDigest)) {
      this.#loading.add(planDigest);
      this.#parts.tasks.add(this.#readPlan(planDigest));
    }
    return "closed";
  }

  async #readPlan(planDigest: string): Promise<void> {
    const { plans, router } = this.#parts;
    await plans.load([planDigest]).finally(() => this.#loading.delete(planDigest));
    if (plans.get(planDigest) === undefined) router.goWithout(planDigest);
    this.pump();
  }

  /** Agents have more room, or other facts, than before. */
  reconsider(): void {
    this.#openAgentGates();
    this.pump();
  }

  #openAgentGates(): void {
    for (const [key, { queue, gate }] of this.#agentGates) {
      if (new Set(this.#lines.line(queue)?.closedGates).has(gate)) this.#lines.open(queue, gate, limits.opened);
      else this.#agentGates.delete(key);
    }
  }

  /** Of an execution that would not end in time: how it ends instead. */
  #late(execution: WaitingExecution, { spec }: QueueDefinition): WaitingEnd | undefined {
    const { deadlineAtMs, pipelineId, attemptNo } = execution;
    if (deadlineAtMs === null || attemptNo > 0 || spec.deadline?.unmeetable === "run") return undefined;
    const message = missedDeadline(deadlineAtMs, this.#parts.clock.now(), this.#estimates.get(pipelineId));
    return message === undefined ? undefined : buried(execution, "deadline_missed", message);
  }

  async #endMissed(): Promise<void> {
    const ends = this.#missed.splice(0);
    const { database, clock, onEnded } = this.#parts;
    const ended = await endWaiting(database, ends, new Date(clock.now()));
    onEnded(ended.map((one) => one.execution_id));
  }

  /** What still has to wait there parks again, with its time. */
  #openByTime(): void {
    for (const { queue, gate } of this.#wakes.takeDue(this.#parts.clock.now())) {
      this.#lines.open(queue, gate, limits.openedItems);
    }
  }

  #refill(): void {
    for (const line of this.#lines.lines) {
      const refilling = line.isBehind || line.hasDelayedBeyond ? this.#reader.refill(line) : undefined;
      if (refilling !== undefined) this.#parts.tasks.add(refilling);
    }
  }

  #claimable(): number {
    let credits = 0;
    for (const session of this.#sessions) credits += session.credits;
    return Math.min(credits, limits.claimItems);
  }

  async #claim(chosen: readonly Chosen[]): Promise<void> {
    const { holder, plans, database } = this.#parts;
    const shards = new Set(chosen.map(({ execution }) => execution.shard));
    // Not all that are held: the statement locks each, which was 0.3 of the time of a claim of four with 19 of them.
    const held = holder.held.filter(({ shard }) => shards.has(shard));
    let refused: readonly Chosen[];
    try {
      await plans.load(chosen.map(({ execution }) => execution.planDigest));
      const meters = chosen.flatMap(({ execution, definition }) => this.#gates.readings(execution, definition));
      const claimed = await claimExecutions(database, holder.controllerId, held, chosen.map(toClaim), meters);
      const attempts = new Map(claimed.map((one) => [one.execution_id, one]));
      this.#dispatch(chosen, attempts, held);
      refused = chosen.filter(({ execution }) => !attempts.has(execution.executionId));
    } catch (error) {
      this.#doubt(chosen);
      throw error;
    }
    await this.#endLapsed(refused);
  }

  /** The statement may have committed before its answer was lost: places stay taken until the store has been looked at. */
  #doubt(chosen: readonly Chosen[]): void {
    for (const { execution, session } of chosen) {
      session.grant(1);
      this.#parts.router.ended(execution.executionId);
      this.#claiming.delete(execution.executionId);
      this.#lines.forget(execution);
    }
    this.#parts.onDoubt(chosen.map(({ execution }) => execution.executionId));
    this.readNew(false);
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
      this.#parts.database,
      [...sessions].map(({ stream }) => stream.sessionId),
    );
    const lapsed = [...sessions].filter(({ stream }) => !held.has(stream.sessionId));
    for (const session of lapsed) {
      this.detach(session);
      session.stream.end();
    }
    // Or people have closed the agent to new work.
    this.readNew(false);
  }

  #dispatch(chosen: readonly Chosen[], claimed: ReadonlyMap<string, ClaimedAttempt>, held: readonly HeldShard[]): void {
    const terms = new Map(held.map((one) => [one.shard, one.term]));
    const bySession = new Map<AgentSession, Dispatch[]>();
    const now = this.#parts.clock.now();
    const unsent: RunningAttempt[] = [];
    for (const { execution, session, definition } of chosen) {
      this.#lines.forget(execution);
      this.#claiming.delete(execution.executionId);
      const attempt = claimed.get(execution.executionId);
      if (attempt === undefined) {
        session.grant(1);
        this.#parts.router.ended(execution.executionId);
        this.#refused(execution, definition);
        continue;
      }
      const running = {
        ...execution,
        attemptNo: attempt.attempt_no,
        agentId: session.stream.agentId,
        sessionId: session.stream.sessionId,
        known: "sent",
      } as const;
      this.#parts.running.add(running);
      // Its stream has ended meanwhile, so that nothing is sent on it: a new one may have begun already.
      if (!this.#sessions.has(session)) {
        unsent.push(running);
        continue;
      }
      const list = bySession.get(session) ?? [];
      list.push(toDispatch(execution, attempt, terms.get(execution.shard) ?? 0));
      bySession.set(session, list);
      const { enqueuedAtMs, dueAtMs } = execution;
      this.#parts.metrics.dispatched(execution, Math.max(0, now - Math.max(enqueuedAtMs, dueAtMs)), now - enqueuedAtMs);
    }
    for (const [session, executions] of bySession) session.send(executions);
    this.#parts.onUnsent(unsent);
  }

  /** It did not start: others of the same gates may. */
  #refused(execution: WaitingExecution, definition: QueueDefinition): void {
    const { queue, pipelineId, concurrencyKey } = execution;
    this.#gates.leave(execution, definition);
    this.#lines.freed(execution);
    this.#lines.open(queue, pipelineGate(pipelineId), 1);
    if (concurrencyKey !== null) this.#lines.open(queue, keyGate(concurrencyKey), 1);
  }

  /** The soonest time at which something may start that may not now. */
  #scheduleWake(): void {
    clearTimeout(this.#wake);
    const times = [this.#lines.promote(), this.#wakes.nextMs];
    for (const { definition } of this.#lines.ready) {
      if (definition.rate !== undefined || definition.throttle !== undefined)
        times.push(this.#gates.opensAtMs(definition));
    }
    const soonest = Math.min(...times.map((at) => at ?? Number.POSITIVE_INFINITY));
    if (!Number.isFinite(soonest)) return;
    const inMs = Math.min(Math.max(1, soonest - this.#parts.clock.now()), maxTimerMs);
    this.#wake = setTimeout(() => this.pump(), inMs);
  }
}

/** Longer ones overflow a timer; it wakes early and sleeps again. */
const maxTimerMs = 2 ** 31 - 1;

interface Chosen {
  readonly execution: WaitingExecution;
  readonly session: AgentSession;
  readonly definition: QueueDefinition;
}

function hasKeysOf(definition: QueueDefinition, execution: WaitingExecution): boolean {
  const { orderKey, orderTie } = orderKeyOf(definition, execution);
  const isShared = definition.fairShare !== undefined;
  const isOfShare = isShared === (execution.shareKey !== null);
  return isOfShare && orderKey === execution.orderKey && orderTie === execution.orderTie;
}

const orderOf = ({ name, spec, ageing, fairShare }: QueueDefinition): QueueOrder => ({
  queue: name,
  type: spec.type,
  ...(ageing !== undefined && { ageing }),
  ...(fairShare !== undefined && { fairShare }),
});

const agentGate = (pipelineId: string): string => `agent\n${pipelineId}`;

const agentKey = ({ queue, pipelineId }: Pick<WaitingExecution, "queue" | "pipelineId">): string =>
  `${queue}\n${pipelineId}`;

const hostGate = (host: string): string => `host\n${host}`;

function closedGatesOf(line: WaitingLine): ClosedGates {
  const gates = [...line.closedGates].map((gate) => {
    const [kind = "", ...rest] = gate.split("\n");
    return { kind, name: rest.join("\n") };
  });
  const named = (kind: string) => gates.filter((gate) => gate.kind === kind).map(({ name }) => name);
  return {
    concurrencyKeys: named("key"),
    rateKeys: named("rate"),
    pipelines: [...named("pipeline"), ...named("agent"), ...named("pace")],
    hosts: named("host"),
  };
}

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
