/** An executioner over the real runtimes of this host, for tests. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, homedir, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { type Bundle, type CanonicalValue, createExecutionId, type PipelineId, type Plan } from "@polyglot/contracts";
import { silentLogger, systemClock } from "@polyglot/service";
import type { WorkerLimits } from "../limits/worker-limits.ts";
import { BundleFolders } from "../runtimes/bundle-folder.ts";
import { HostRuntimes } from "../runtimes/host-runtimes.ts";
import type { Attempt, AttemptReport, Cost, ExecutionLogLine } from "./attempt.ts";
import { CheckpointsFixture } from "./checkpoints.fixture.ts";
import { ControllerCallsFixture } from "./controller-calls.fixture.ts";
import { LibraryWorkers } from "../library/library-workers.ts";
import { defaultContainedLimits } from "../stdlib/contained/contained-function.ts";
import { defaultLook, type HostShare } from "./excess.ts";
import { Executioner } from "./executioner.ts";
import { PreparedPlan } from "./prepared-plan.ts";

export interface Run {
  readonly attempt: Attempt;
  readonly report: Promise<AttemptReport>;
  /** Nothing of it runs any more. */
  readonly ended: Promise<void>;
  readonly lines: ExecutionLogLine[];
  readonly costs: { readonly node: string; readonly cost: Cost }[];
  /** Resolves when a line with this text was logged. */
  said(text: string): Promise<void>;
}

interface OpenRun extends Run {
  settle(report: AttemptReport): void;
  leave(): void;
  hear(): void;
}

export class ExecutionBed {
  readonly runtimes: HostRuntimes;
  readonly library: LibraryWorkers;
  /** Where relative paths of the library start. */
  readonly dataRoot: string;
  readonly executioner: Executioner;
  readonly controller = new ControllerCallsFixture();
  readonly checkpoints = new CheckpointsFixture();
  readonly #folder = mkdtempSync(join(tmpdir(), "polyglot-execute-"));
  readonly #archives = new Map<string, Uint8Array>();
  readonly #runs = new Map<string, OpenRun>();
  readonly #prepared = new WeakMap<Plan, PreparedPlan>();

  constructor(look: Partial<HostShare> = {}, treeLimits: Partial<WorkerLimits> = {}) {
    const fetch = async (digest: string) => this.#archives.get(digest) ?? new Uint8Array();
    this.runtimes = new HostRuntimes({
      bundles: new BundleFolders(fetch, this.#folder),
      dataFolder: this.#folder,
      dataRoots: [],
      environment: process.env,
      searchPath: process.env.PATH ?? "",
      home: homedir(),
      userId: process.getuid?.(),
      cores: availableParallelism(),
      treeLimits,
      clock: systemClock,
      logger: silentLogger,
    });
    this.dataRoot = join(this.#folder, "data");
    mkdirSync(this.dataRoot);
    chmodSync(this.#folder, 0o755);
    chmodSync(this.dataRoot, 0o777);
    this.library = new LibraryWorkers({
      launcher: this.runtimes,
      settings: { dataRoot: this.dataRoot, allowNetworks: ["loopback"], limits: defaultContainedLimits },
      clock: systemClock,
      logger: silentLogger,
    });
    this.executioner = new Executioner({
      runtimes: this.runtimes,
      library: this.library,
      clock: systemClock,
      logger: silentLogger,
      host: () => ({
        cpuPercent: 50,
        memoryUsedBytes: 2 ** 30,
        memoryTotalBytes: 2 ** 32,
        receivedBytesPerSecond: 1000,
        sentBytesPerSecond: 2000,
      }),
      share: { cores: availableParallelism(), memoryBytes: totalmem(), ...defaultLook, ...look },
      controller: (step) => this.controller.of(step),
      checkpoints: (attempt) => this.checkpoints.of(attempt),
      sink: {
        onLog: (attempt, line) => {
          this.#of(attempt).lines.push(line);
          this.#of(attempt).hear();
        },
        onStepCost: (attempt, node, cost) => this.#of(attempt).costs.push({ node, cost }),
        onReport: (attempt, report) => {
          for (const { attempt: branch } of report.background ?? []) this.#open(branch);
          this.#of(attempt).settle(report);
        },
        onPlaceFree: (attempt) => this.#of(attempt).leave(),
      },
    });
  }

  async start(): Promise<void> {
    await this.runtimes.start();
    await this.library.start();
    await this.executioner.start();
  }

  async stop(): Promise<void> {
    await this.executioner.stop();
    await this.library.stop();
    await this.runtimes.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  hold({ digest, archive }: Bundle): void {
    this.#archives.set(digest, archive);
  }

  run(plan: Plan, inputs: Readonly<Record<string, CanonicalValue>> = {}, attempt: Partial<Attempt> = {}): Run {
    const prepared = this.#prepared.get(plan) ?? new PreparedPlan(plan, this.runtimes.found());
    this.#prepared.set(plan, prepared);
    const run = this.#open({
      executionId: createExecutionId(),
      attemptNo: 1,
      pipelineId: plan.pipeline_id as PipelineId,
      inputs,
      ...attempt,
    });
    this.executioner.execute(run.attempt, prepared);
    return run;
  }

  /** What was a background branch, by its attempt. */
  branch(attempt: Attempt): Run {
    return this.#of(attempt);
  }

  #open(attempt: Attempt): OpenRun {
    const run = openRun(attempt);
    this.#runs.set(keyOf(attempt), run);
    return run;
  }

  #of(attempt: Attempt): OpenRun {
    return this.#runs.get(keyOf(attempt)) as OpenRun;
  }
}

const keyOf = ({ executionId, attemptNo }: Attempt): string => `${executionId}/${attemptNo}`;

function openRun(attempt: Attempt): OpenRun {
  const report = Promise.withResolvers<AttemptReport>();
  const ended = Promise.withResolvers<void>();
  const lines: ExecutionLogLine[] = [];
  const waiting: (() => void)[] = [];
  return {
    attempt,
    report: report.promise,
    ended: ended.promise,
    lines,
    costs: [],
    settle: report.resolve,
    leave: ended.resolve,
    hear: () => {
      for (const wake of waiting.splice(0)) wake();
    },
    said: async (text) => {
      while (!lines.some((line) => line.text === text)) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
    },
  };
}
