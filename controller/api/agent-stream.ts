/**
 * One agent's stream: hello, then batches in both directions until either side ends it. The stream holds nothing that
 * would be lost with it: results and occurrences are the agent's until they are committed and acknowledged here.
 *
 *     (opened) ──hello──> attached ──end of either side──> detached
 */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { type AgentId, defaults, environmentsOfAll, modulesOfAll, type PipelineId } from "@polyglot/contracts";
import {
  type AgentMessage,
  AttemptReferenceSchema,
  CancellationSchema,
  type ControllerMessage,
  ExecutionRequestSchema,
  type Hello,
  type HostSample,
  LeaseGrantSchema,
  PrepareListSchema,
  QueueContextSchema,
  WatchListSchema,
  WelcomeSchema,
} from "@polyglot/contracts/service";
import { BackgroundTasks, type Clock, type Logger } from "@polyglot/service";
import type { ShardHolder } from "../leader/shard-holder.ts";
import type { ControllerMetrics } from "../observe/metrics.ts";
import type { AgentLeases } from "../queue/agent-leases.ts";
import type { Preparation } from "../gitops/preparation.ts";
import type { AgentSession, AgentStream as QueueStream, Cancel, Dispatch } from "../queue/agent-session.ts";
import type { ConnectedAgentFacts, HostLoad } from "../queue/routing/agent-facts.ts";
import type { QueueManager } from "../queue/queue-manager.ts";
import type { PolicyBook } from "../policies/policy-book.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import type { Catalog } from "../triggers/catalog.ts";
import type { ConditionBook } from "../triggers/conditions/condition-book.ts";
import type { FileTriggers } from "../triggers/file-triggers.ts";
import type { AgentReports } from "./agent-reports.ts";
import { toAttemptResult, toFacts, toFileOccurrence, toLoad, toSample } from "./from-agent.ts";
import { Outbox } from "./outbox.ts";
import type { RunningAttempts } from "./running-attempts.ts";
import type { Standing } from "../queue/routing/most-prepared.ts";
import { toHostCheck, toNativeModule, toRuntimeEnvironment } from "./to-agent.ts";
import { toExecutionSettings } from "./to-settings.ts";

export interface AgentStreamParts {
  readonly queue: QueueManager;
  readonly leases: AgentLeases;
  readonly holder: ShardHolder;
  readonly plans: PlanCache;
  readonly catalog: Catalog;
  readonly policies: Pick<PolicyBook, "of" | "onChange">;
  readonly files: FileTriggers;
  readonly conditions: Pick<ConditionBook, "told" | "left" | "checks">;
  readonly reports: AgentReports;
  readonly preparation: Pick<Preparation, "standingOn">;
  readonly running: Pick<RunningAttempts, "tell" | "forget">;
  readonly metrics: Pick<ControllerMetrics, "observeSettle">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Serves a stream whose certificate says that it is `agentId`'s. */
export async function* serveAgent(
  agentId: AgentId,
  requests: AsyncIterable<AgentMessage>,
  parts: AgentStreamParts,
): AsyncGenerator<ControllerMessage> {
  const incoming = requests[Symbol.asyncIterator]();
  const first = await incoming.next();
  if (first.done === true) return;
  const { hello } = first.value;
  if (hello === undefined) throw new ConnectError("the first message of a stream says hello", Code.InvalidArgument);
  const stream = new ConnectedAgent(agentId, hello, parts);
  try {
    await stream.open();
    stream.receive(first.value);
    void stream.readAll(incoming);
    yield* stream.outbox;
  } finally {
    await stream.close();
  }
}

class ConnectedAgent implements QueueStream {
  readonly agentId: AgentId;
  readonly sessionId: string;
  readonly host: string;
  readonly facts: ConnectedAgentFacts;
  load: HostLoad | undefined;
  readonly outbox = new Outbox();
  readonly #hello: Hello;
  readonly #parts: AgentStreamParts;
  readonly #plansHeld: Set<string>;
  readonly #tasks: BackgroundTasks;
  readonly #stoppers: (() => void)[] = [];
  #session: AgentSession | undefined;
  #listVersion = 0n;

  constructor(agentId: AgentId, hello: Hello, parts: AgentStreamParts) {
    this.agentId = agentId;
    this.sessionId = hello.sessionId;
    this.host = hello.host;
    this.facts = toFacts(agentId, hello);
    this.#hello = hello;
    this.#parts = parts;
    this.#plansHeld = new Set(hello.planDigests);
    // What could not be stored is still the agent's: a new stream brings it again.
    this.#tasks = new BackgroundTasks((error) => this.#fail(error));
  }

  async open(): Promise<void> {
    const { leases, queue, holder, catalog, policies, reports } = this.#parts;
    await leases.open(this.agentId, this.sessionId, describe(this.#hello));
    this.outbox.set({
      welcome: create(WelcomeSchema, {
        controllerId: holder.controllerId,
        renewMs: defaults.renewMs,
        leaseMs: defaults.leaseMs,
        stopMs: defaults.stopMs,
      }),
      controllers: this.#controllers(),
    });
    this.#sendLists();
    this.#stoppers.push(
      catalog.onChange(() => this.#sendLists()),
      // A pipeline that is suspended watches nothing.
      policies.onChange(() => this.#sendLists()),
      reports.connected(this.agentId),
      // One that came later owns its share of the queues, and needs agents.
      holder.onCensus(() => this.outbox.set({ controllers: this.#controllers() })),
    );
    this.#session = await queue.attach(this, this.#hello);
  }

  #controllers(): string[] {
    return this.#parts.holder.liveControllers.map((controller) => controller.url);
  }

  /** Never rejects: an error of either side ends the stream. */
  async readAll(incoming: AsyncIterator<AgentMessage>): Promise<void> {
    try {
      for (let next = await incoming.next(); next.done !== true; next = await incoming.next()) this.receive(next.value);
      this.outbox.close();
    } catch (error) {
      this.#fail(error);
    }
  }

  receive(message: AgentMessage): void {
    const { queue, reports, running } = this.#parts;
    if (message.heartbeat !== undefined) this.#tasks.add(this.#renew(message.heartbeat));
    if (message.results.length > 0) this.#settle(message.results);
    if (message.occurrences.length > 0) this.#tasks.add(this.#accept(message.occurrences));
    if (message.logs.length > 0) this.#tasks.add(reports.logs(message.logs));
    if (message.metrics.length > 0) reports.metrics(message.metrics);
    if (message.progress !== undefined) running.tell(this, message.progress);
    for (const prepared of message.prepared) this.#tasks.add(reports.prepared(this.agentId, prepared));
    if (message.prepared.length > 0) queue.readinessChanged();
    if (message.credits > 0 && this.#session !== undefined) queue.grant(this.#session, message.credits);
  }

  async close(): Promise<void> {
    for (const stop of this.#stoppers.splice(0)) stop();
    this.#parts.running.forget(this);
    this.#parts.conditions.left(this.agentId);
    if (this.#session !== undefined) this.#parts.queue.detach(this.#session);
    this.outbox.close();
    await this.#tasks.drain();
  }

  /** Of a plan that this controller has not in memory nothing is known. */
  standingFor(pipelineId: PipelineId, planDigest: string): Standing {
    const { catalog, plans, preparation } = this.#parts;
    const current = catalog.pipelines.get(pipelineId);
    const stored = current?.digest === planDigest ? current : plans.get(planDigest);
    return stored === undefined ? "building" : preparation.standingOn(this.agentId, stored);
  }

  dispatch(executions: readonly Dispatch[]): void {
    this.outbox.add(
      "executions",
      executions.map((one) => this.#request(one)),
    );
  }

  cancel(cancellations: readonly Cancel[]): void {
    this.outbox.add(
      "cancellations",
      cancellations.map((one) => create(CancellationSchema, one)),
    );
  }

  end(): void {
    this.outbox.close(leaseIsOver());
  }

  /** The plan travels with the first request that needs it on this stream. */
  #request(dispatch: Dispatch) {
    const { executionId, attemptNo, term, pipelineId, planDigest, inputs, triggerContext, ...context } = dispatch;
    const isHeld = this.#plansHeld.has(planDigest);
    this.#plansHeld.add(planDigest);
    const stored = this.#parts.plans.get(planDigest);
    const settings = stored && toExecutionSettings(this.#parts.policies.of({ ...stored, id: pipelineId }));
    return create(ExecutionRequestSchema, {
      executionId,
      attemptNo,
      lease: BigInt(term),
      pipelineId,
      planDigest,
      ...(isHeld || stored === undefined ? {} : { executionPlan: stored.bytes }),
      ...(settings === undefined ? {} : { settings }),
      inputs: Buffer.from(inputs, "utf8"),
      triggerContext: Buffer.from(triggerContext, "utf8"),
      queueContext: create(QueueContextSchema, {
        queue: context.queue,
        priority: context.priority,
        retryCount: attemptNo - 1,
        enqueuedAt: timestampFromMs(Math.round(context.enqueuedAtMs)),
      }),
    });
  }

  async #renew(heartbeat: NonNullable<AgentMessage["heartbeat"]>): Promise<void> {
    const { agentId, sessionId } = this;
    const sample = heartbeat.host === undefined ? null : toSample(heartbeat.host, heartbeat.running);
    const renewed = await this.#parts.leases.renew({ agentId, sessionId, sample });
    if (!renewed) throw leaseIsOver();
    if (heartbeat.host !== undefined) this.#told(heartbeat.host);
    this.#parts.conditions.told(this.agentId, { host: this.host, sample: heartbeat.host, checks: heartbeat.checks });
    this.outbox.set({ lease: create(LeaseGrantSchema, { number: heartbeat.number }) });
  }

  #told(sample: HostSample): void {
    this.load = toLoad(sample);
    this.#parts.reports.host(this.agentId, sample);
    this.#parts.queue.sampled();
  }

  #settle(results: AgentMessage["results"]): void {
    const arrivedAt = this.#parts.clock.monotonic();
    for (const result of results) this.#tasks.add(this.#settleOne(result, arrivedAt));
  }

  async #settleOne(result: AgentMessage["results"][number], arrivedAt: number): Promise<void> {
    const { clock, metrics, queue, reports } = this.#parts;
    const { executionId, attemptNo } = result;
    const pipelineId = queue.pipelineOf(executionId);
    const isSettled = await queue.settle(this.sessionId, toAttemptResult(result));
    if (isSettled && pipelineId !== undefined) reports.ran(pipelineId, result);
    metrics.observeSettle((clock.monotonic() - arrivedAt) / 1000);
    this.outbox.add("settled", [create(AttemptReferenceSchema, { executionId, attemptNo })]);
  }

  async #accept(occurrences: AgentMessage["occurrences"]): Promise<void> {
    await this.#parts.files.accept(this.host, occurrences.map(toFileOccurrence));
    this.outbox.add(
      "occurrencesSettled",
      occurrences.map((one) => one.number),
    );
  }

  #sendLists(): void {
    const { conditions, files, catalog } = this.#parts;
    this.#listVersion += 1n;
    const version = this.#listVersion;
    const watches = files.watches().map(({ pipelineId, trigger, pattern, pollMs }) => ({
      pipelineId,
      triggerKey: trigger.key,
      pattern,
      pollMs,
    }));
    const pipelines = [...catalog.pipelines.values()];
    const bundleDigests = [...new Set(pipelines.map((pipeline) => pipeline.bundleDigest))];
    const plans = pipelines.map((pipeline) => pipeline.plan);
    const modules = modulesOfAll(plans).map(toNativeModule);
    const environments = environmentsOfAll(plans).map(toRuntimeEnvironment);
    this.outbox.set({
      watches: create(WatchListSchema, { version, files: watches, checks: conditions.checks.map(toHostCheck) }),
      prepare: create(PrepareListSchema, { version, bundleDigests, modules, environments }),
    });
  }

  #fail(error: unknown): void {
    this.#parts.logger.warn({ agent: this.agentId, error }, "an agent's stream ended in an error");
    this.outbox.close(error instanceof ConnectError ? error : new ConnectError("try again", Code.Unavailable));
  }
}

const leaseIsOver = (): ConnectError => new ConnectError("the session's lease is over", Code.Aborted);

/** What listings show of an agent. */
const describe = ({ host, labels, runtimes, capacity, containment, version, cores }: Hello): object => ({
  host,
  labels,
  runtimes: runtimes.map(({ name, version: of, path, usable, problem }) => ({
    name,
    version: of,
    path,
    usable,
    problem,
  })),
  capacity,
  cores,
  containment: containment === undefined ? null : pick(containment),
  version,
});

const pick = ({ level, layers, missing }: NonNullable<Hello["containment"]>) => ({ level, layers, missing });
