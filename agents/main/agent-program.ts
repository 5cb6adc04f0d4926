/** All parts of an agent, wired. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { BackgroundTasks, type Clock, type Logger, type Service, ServiceGroup } from "@polyglot/service";
import { defaultLook } from "../execute/excess.ts";
import { Executioner, type ExecutionerSink } from "../execute/executioner.ts";
import { PreparedPlan } from "../execute/prepared-plan.ts";
import { LibraryWorkers } from "../library/library-workers.ts";
import { IdentityFile } from "../link/identity.ts";
import { limits } from "../link/limits.ts";
import { Link } from "../link/link.ts";
import type { LinkHandlers } from "../link/link-parts.ts";
import { Membership } from "../link/membership.ts";
import { PlanCache } from "../link/plan-cache.ts";
import { HostObserver } from "../observe/host-observer.ts";
import { BundleFolders } from "../runtimes/bundle-folder.ts";
import { HostRuntimes } from "../runtimes/host-runtimes.ts";
import { defaultContainedLimits } from "../stdlib/contained/contained-function.ts";
import { fileChecks } from "../watch/file-checks.ts";
import { type FileOccurrence, FileWatcher } from "../watch/file-watcher.ts";
import { HostChecks } from "../watch/host-checks.ts";
import { networkChecks } from "../watch/network-checks.ts";
import { StepCalls } from "./controller-calls.ts";
import { describeAgent } from "./agent-facts.ts";
import { BundlePreparer } from "./bundle-preparer.ts";
import type { AgentFlags } from "./flags.ts";
import { LeaseGuard } from "./lease-guard.ts";
import { LinkCheckpoints } from "./link-checkpoints.ts";
import { loadOf, logLineOf, progressOf, resultOf, sampleOf } from "./messages.ts";
import { RequestTaker } from "./request-taker.ts";
import { runtimeChecks } from "./runtime-checks.ts";

export interface AgentSurroundings {
  readonly flags: AgentFlags;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly userId: number | undefined;
  readonly pid: number;
}

/** How long work that has begun may go on when the agent is told to end. Milliseconds. */
const drainMs = 10_000;

export class AgentProgram implements Service {
  readonly name = "agent";
  readonly #surroundings: AgentSurroundings;
  readonly #tasks: BackgroundTasks;
  readonly #observer: HostObserver;
  readonly #membership: Membership;
  readonly #bundles: BundleFolders;
  readonly #runtimes: HostRuntimes;
  readonly #library: LibraryWorkers;
  readonly #plans: PlanCache<PreparedPlan>;
  readonly #executioner: Executioner;
  readonly #guard: LeaseGuard;
  readonly #watcher: FileWatcher;
  readonly #checks: HostChecks;
  readonly #link: Link;
  readonly #requests: RequestTaker;
  readonly #preparer: BundlePreparer;
  readonly #parts: ServiceGroup;

  constructor(surroundings: AgentSurroundings) {
    const { flags, clock, logger } = surroundings;
    this.#surroundings = surroundings;
    mkdirSync(flags.dataDir, { recursive: true, mode: 0o711 });
    this.#tasks = new BackgroundTasks((error) => logger.error({ err: error }, "a task of the agent failed"));
    this.#observer = new HostObserver({
      clock,
      logger,
      dataFolder: flags.dataDir,
      sampleIntervalMs: flags.sampleIntervalMs,
      pid: surroundings.pid,
    });
    this.#membership = this.#createMembership();
    this.#bundles = new BundleFolders((digest) => this.#link.fetchBundle(digest), flags.dataDir, {
      limits: flags.bundleLimits,
      logger,
    });
    this.#runtimes = this.#createRuntimes();
    this.#library = new LibraryWorkers({
      launcher: this.#runtimes,
      settings: {
        dataRoot: flags.dataRoot,
        allowNetworks: flags.allowNetworks,
        limits: defaultContainedLimits,
      },
      clock,
      logger,
    });
    this.#plans = this.#createPlans();
    this.#executioner = new Executioner({
      runtimes: this.#runtimes,
      library: this.#library,
      clock,
      logger,
      sink: this.#createSink(),
      host: () => loadOf(this.#observer.latest),
      share: {
        cores: availableParallelism(),
        memoryBytes: flags.treeLimits.maxMemoryBytes ?? totalmem(),
        ...defaultLook,
      },
      controller: (step) => new StepCalls(this.#link, step),
      checkpoints: (attempt, signal) => new LinkCheckpoints(this.#link, attempt, signal),
    });
    this.#guard = new LeaseGuard(clock);
    this.#watcher = this.#createWatcher();
    this.#checks = this.#createChecks();
    this.#link = this.#createLink();
    this.#preparer = new BundlePreparer({
      bundles: this.#bundles,
      runtimes: this.#runtimes,
      link: this.#link,
      tasks: this.#tasks,
    });
    this.#requests = new RequestTaker({
      clock,
      logger,
      plans: this.#plans,
      executioner: this.#executioner,
      link: this.#link,
    });
    this.#parts = new ServiceGroup("agent", [
      this.#observer,
      this.#membership,
      this.#bundles,
      this.#runtimes,
      this.#library,
      this.#guard,
      this.#executioner,
      this.#watcher,
      this.#checks,
      this.#link,
    ]);
  }

  /** Resolves when the agent has its first lease: work can come. */
  async start(): Promise<void> {
    await this.#parts.start();
  }

  /** Lets work that has begun end within a limit, then ends what is left without a word: another agent takes it over. */
  async stop(): Promise<void> {
    const { clock } = this.#surroundings;
    const drained = new AbortController();
    await Promise.race([this.#link.drain(), clock.sleep(drainMs, drained.signal)]);
    drained.abort();
    await this.#parts.stop();
    await this.#tasks.drain();
  }

  #createMembership(): Membership {
    const { flags, clock, logger } = this.#surroundings;
    return new Membership({
      agentId: flags.name,
      file: new IdentityFile(flags.dataDir),
      controllers: flags.controllers,
      clock,
      logger,
      authority: flags.caFile === undefined ? undefined : readFileSync(flags.caFile, "utf8"),
      token: flags.tokenFile === undefined ? undefined : readFileSync(flags.tokenFile, "utf8").trim(),
    });
  }

  #createRuntimes(): HostRuntimes {
    const { flags, clock, logger, environment, home, userId } = this.#surroundings;
    return new HostRuntimes({
      bundles: this.#bundles,
      dataFolder: flags.dataDir,
      dataRoots: [flags.dataRoot],
      configured: flags.configured,
      limits: flags.poolLimits,
      treeLimits: flags.treeLimits,
      requiredLayers: flags.requiredLayers,
      environmentLimits: flags.environmentLimits,
      buildLimits: flags.buildLimits,
      environment,
      home,
      searchPath: environment.PATH ?? "",
      userId,
      cores: availableParallelism(),
      clock,
      logger,
    });
  }

  #createPlans(): PlanCache<PreparedPlan> {
    const folder = join(this.#surroundings.flags.dataDir, "plans");
    return new PlanCache(folder, (plan) => new PreparedPlan(plan, this.#runtimes.found()), {
      inMemory: limits.plansInMemory,
      onDisk: limits.plansOnDisk,
    });
  }

  #createSink(): ExecutionerSink {
    const { clock } = this.#surroundings;
    return {
      onLog: (attempt, line) => this.#link.log(logLineOf(attempt, line)),
      onStepCost: (attempt, node, cost) => this.#link.measure(attempt, sampleOf(attempt, node, cost, clock.now())),
      onReport: (attempt, report) => {
        for (const branch of report.background ?? []) this.#link.adopt(branch.attempt, attempt);
        if (report.outcome === "lost") this.#link.lose(attempt);
        else this.#link.report(resultOf(attempt, report));
      },
      onPlaceFree: (attempt) => this.#link.leave(attempt),
    };
  }

  #createWatcher(): FileWatcher {
    const { flags, clock, logger } = this.#surroundings;
    return new FileWatcher({
      dataRoot: flags.dataRoot,
      clock,
      logger,
      onOccurrence: (occurrence) => this.#occur(occurrence),
      waitingOccurrences: () => this.#link.waitingOccurrences,
    });
  }

  #createChecks(): HostChecks {
    const { flags, clock, logger } = this.#surroundings;
    const { dataRoot } = flags;
    const checks = {
      ...fileChecks(dataRoot),
      ...networkChecks,
      ...runtimeChecks({ dataRoot, found: () => this.#runtimes.found() }),
    };
    return new HostChecks({ checks, clock, logger });
  }

  #createLink(): Link {
    const { flags, clock, logger } = this.#surroundings;
    return new Link({
      controllers: flags.controllers,
      sessionId: randomUUID(),
      capacity: flags.capacity,
      clock,
      logger,
      identity: () => this.#membership.identity,
      handlers: this.#createHandlers(),
    });
  }

  #createHandlers(): LinkHandlers {
    return {
      facts: () => describeAgent(this.#surroundings.flags, this.#runtimes, this.#plans.digests()),
      hostSample: () => this.#observer.latest,
      checkReadings: () => this.#checks.readings,
      progress: () => this.#executioner.progress().map(progressOf),
      onExecutions: (requests) => {
        for (const request of requests) this.#requests.take(request);
      },
      onCancellations: (cancellations) => {
        for (const cancellation of cancellations) this.#requests.end(cancellation);
      },
      onWatches: ({ files, checks }) => {
        this.#checks.update(checks);
        this.#tasks.add(this.#watcher.update(files));
      },
      onPrepare: (prepare) => this.#preparer.prepare(prepare),
      onLease: (deadline) => this.#guard.extend(deadline),
      onLapse: () => {
        this.#guard.lapse();
        this.#executioner.loseAll();
      },
    };
  }

  #occur({ size, modifiedAt, at, ...occurrence }: FileOccurrence): void {
    this.#link.occur({
      ...occurrence,
      size: BigInt(size),
      modifiedAt: timestampFromMs(modifiedAt),
      timestamp: timestampFromMs(at),
    });
  }
}
