/** For tests: a queue manager on a real store, with pipelines to activate and agents that are objects of the test. */
import { randomUUID } from "node:crypto";
import {
  type AgentId,
  type ExecutionId,
  createExecutionId,
  defaults,
  type PipelineId,
  type PlanDigest,
} from "@polyglot/contracts";
import { type Clock, silentLogger, systemClock } from "@polyglot/service";
import { shardOfQueue } from "../leader/shard-names.ts";
import { ShardHolder } from "../leader/shard-holder.ts";
import { placeOf } from "../registry/queue-place.ts";
import { QueueRegistry } from "../registry/queue-registry.ts";
import { insertActivations, type NewActivation } from "../store/activations.ts";
import { openSession } from "../store/agents.ts";
import type { Database } from "../store/database.ts";
import { announceObjects, writeObjects } from "../store/objects.ts";
import { PlanCache } from "../store/plan-cache.ts";
import { createTestDatabase } from "../store/test-database.ts";
import type { AgentSession, AgentStream, Cancel, Dispatch } from "./agent-session.ts";
import type { ConnectedAgentFacts, HostLoad } from "./routing/agent-facts.ts";
import type { Standing } from "./routing/most-prepared.ts";
import type { AttemptResult } from "./attempt-result.ts";
import { PolicyBook } from "../policies/policy-book.ts";
import { QueueManager } from "./queue-manager.ts";

export interface QueueWorld extends AsyncDisposable {
  readonly queue: QueueManager;
  readonly holder: ShardHolder;
  readonly registry: QueueRegistry;
}

/** `renewMs`: how often it looks at who else is there. */
export async function startQueue(
  database: Database,
  controllerId = "c1",
  renewMs: number = defaults.renewMs,
  clock: Clock = systemClock,
): Promise<QueueWorld> {
  const own = { controllerId, url: "https://localhost:0", renewMs };
  const holder = new ShardHolder(database, systemClock, silentLogger, own);
  const registry = new QueueRegistry(database, silentLogger);
  const policies = new PolicyBook(database, silentLogger);
  const plans = new PlanCache(database);
  const queue = new QueueManager(database, holder, registry, policies, plans, clock, silentLogger);
  await holder.start();
  await registry.start();
  await policies.start();
  await queue.start();
  return {
    queue,
    holder,
    registry,
    [Symbol.asyncDispose]: async () => {
      await queue.stop();
      await policies.stop();
      await registry.stop();
      await holder.stop();
    },
  };
}

/** A queue manager on a store of its own. */
export async function queueWorld() {
  const store = await createTestDatabase();
  const running = await startQueue(store.database);
  return {
    ...running,
    database: store.database,
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Declares a queue as an apply does, and resolves when it is in force here. */
export async function declare(
  { registry }: Pick<QueueWorld, "registry">,
  database: Database,
  name: string,
  spec: object,
): Promise<void> {
  const object = { kind: "Queue", namespace: "", name, spec, specDigest: JSON.stringify(spec), file: "q.yaml" };
  await writeObjects(database, [{ ...object, inForce: true }], { repository: null, revision: null }, new Date());
  await announceObjects(database, ["Queue"]);
  await registry.refresh();
}

/** An activation with the place that a declared queue gives it. */
export function placed(
  registry: QueueRegistry,
  queue: string,
  n: number,
  { pipeline = "A", priority = 0, inputs = {} }: PlacedChanges = {},
): NewActivation {
  const at = new Date(1_700_000_000_000 + n);
  const given = { n, ...inputs };
  const facts = { pipelineId: `test#${pipeline}`, priority, inputs: given, atMs: at.getTime() };
  const place = placeOf(registry.of(queue), { queue }, facts);
  return activation(pipeline, { queue, priority, at, inputs: given, place });
}

interface PlacedChanges {
  readonly pipeline?: string;
  readonly priority?: number;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** An agent's end of the stream: what it is told comes out of `next`, in order. */
export class TestAgent implements AgentStream {
  readonly agentId: AgentId;
  readonly sessionId = randomUUID();
  readonly host: string;
  readonly facts: ConnectedAgentFacts;
  load: HostLoad | undefined;
  readonly #arrived: Dispatch[] = [];
  readonly #cancelled: Cancel[] = [];
  readonly #waiters: (() => void)[] = [];
  session: AgentSession | undefined;
  standing: Standing = "ready";
  readonly #ended = Promise.withResolvers<void>();
  isEnded = false;

  constructor(name: string, host = name, facts: Partial<ConnectedAgentFacts> = {}) {
    this.agentId = name as AgentId;
    this.host = host;
    const none = { labels: {}, runtimes: [], layers: new Set<string>(), isStrong: true } as const;
    this.facts = { agentId: name, host, capacity: 100, cores: 4, ...none, ...facts };
  }

  standingFor(): Standing {
    return this.standing;
  }

  dispatch(executions: readonly Dispatch[]): void {
    this.#arrived.push(...executions);
    for (const wake of this.#waiters.splice(0)) wake();
  }

  cancel(cancellations: readonly Cancel[]): void {
    this.#cancelled.push(...cancellations);
    for (const wake of this.#waiters.splice(0)) wake();
  }

  end(): void {
    this.isEnded = true;
    this.#ended.resolve();
  }

  /** Resolves when the controller ends the stream. */
  ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** All that it was told to start and has not looked at. */
  takeArrived(): Dispatch[] {
    return this.#arrived.splice(0);
  }

  async next(): Promise<Dispatch> {
    for (;;) {
      const dispatch = this.#arrived.shift();
      if (dispatch !== undefined) return dispatch;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  async nextCancel(): Promise<Cancel> {
    for (;;) {
      const order = this.#cancelled.shift();
      if (order !== undefined) return order;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Opens a session with a lease and grants credits. */
  async connect(
    database: Database,
    queue: QueueManager,
    credits: number,
    leaseMs = 10_000,
    held: readonly { readonly executionId: string; readonly attemptNo: number }[] = [],
  ): Promise<void> {
    await openSession(database, this.agentId, this.sessionId, leaseMs, { host: this.host });
    this.session = await queue.attach(this, { held, lost: [] });
    queue.grant(this.session, credits);
  }
}

export function activation(pipeline: string, changes: Partial<NewActivation> = {}): NewActivation {
  const queue = changes.queue ?? "Default";
  return {
    activationId: createExecutionId(),
    pipelineId: `test#${pipeline}` as PipelineId,
    dedupeKey: null,
    triggerName: "run",
    triggerKey: null,
    triggerContext: { timestamp: "2026-01-01T00:00:00Z" },
    inputs: {},
    revision: null,
    planDigest: "sha256:none" as PlanDigest,
    queue,
    shard: shardOfQueue(queue),
    priority: 0,
    host: null,
    maxAttempts: 3,
    at: new Date(),
    ...changes,
  };
}

export async function activate(database: Database, ...activations: readonly NewActivation[]): Promise<ExecutionId[]> {
  await insertActivations(database, activations);
  return activations.map((one) => one.activationId);
}

export function ended(dispatch: Dispatch, changes: Partial<AttemptResult> = {}): AttemptResult {
  return {
    executionId: dispatch.executionId,
    attemptNo: dispatch.attemptNo,
    outcome: "succeeded",
    outputs: "{}",
    error: null,
    metrics: null,
    steps: null,
    exitCode: null,
    cleanup: "none",
    waitsFor: [],
    isFinal: false,
    startedAt: new Date(),
    endedAt: new Date(),
    ...changes,
  };
}

export async function stateOf(database: Database, executionId: string): Promise<string> {
  const [row] = await database.query<{ state: string }>(
    { name: "", text: "select state::text || ' ' || attempt_no as state from executions where execution_id = $1" },
    [executionId],
  );
  return row?.state ?? "unknown";
}

/** Resolves when the execution left `running`, with what it became. */
export function settledAs(queue: QueueManager, executionId: string): Promise<string> {
  return new Promise((resolve) => {
    const off = queue.onEnded((settled) => {
      const one = settled.find((candidate) => candidate.executionId === executionId);
      if (one === undefined) return;
      off();
      resolve(one.state);
    });
  });
}
