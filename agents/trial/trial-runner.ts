/** Runs trials: plans by themselves, over the real runtimes and library of this host, with stubs where a test gives some. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { dirname, join, normalize } from "node:path";
import {
  type CanonicalValue,
  createExecutionId,
  fileTag,
  type PipelineId,
  type Trial,
  type TrialAnswer,
} from "@polyglot/contracts";
import { type Clock, type Service, silentLogger } from "@polyglot/service";
import type { Attempt, AttemptReport, ExecutionLogLine } from "../execute/attempt.ts";
import { defaultLook } from "../execute/excess.ts";
import { Executioner } from "../execute/executioner.ts";
import { PreparedPlan } from "../execute/prepared-plan.ts";
import { LibraryWorkers } from "../library/library-workers.ts";
import { BundleFolders } from "../runtimes/bundle-folder.ts";
import { HostRuntimes } from "../runtimes/host-runtimes.ts";
import { defaultContainedLimits } from "../stdlib/contained/contained-function.ts";
import { runtimesFor } from "./runtimes-for.ts";
import { Stubs } from "./stubs.ts";
import { TrialClock } from "./trial-clock.ts";
import { timedLibrary, timedRuntimes } from "./timed-work.ts";
import { TrialWorld } from "./trial-world.ts";

export interface TrialSurroundings {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly userId: number | undefined;
  /** Networks that library steps may reach. */
  readonly allowNetworks: readonly string[];
}

export class TrialRunner implements Service {
  readonly name = "trials";
  readonly #surroundings: TrialSurroundings;
  readonly #archives = new Map<string, Uint8Array>();
  #folder = "";
  #runtimes: HostRuntimes | undefined;

  constructor(surroundings: TrialSurroundings) {
    this.#surroundings = surroundings;
  }

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "polyglot-trials-"));
    await chmod(this.#folder, 0o711);
    const { clock, environment, home, userId } = this.#surroundings;
    const fetch = async (digest: string) => this.#archives.get(digest) ?? new Uint8Array();
    await mkdir(join(this.#folder, "data"));
    this.#runtimes = new HostRuntimes({
      bundles: new BundleFolders(fetch, this.#folder),
      dataFolder: this.#folder,
      dataRoots: [join(this.#folder, "data")],
      environment,
      home,
      searchPath: environment["PATH"] ?? "",
      userId,
      cores: availableParallelism(),
      clock,
      logger: silentLogger,
    });
    await this.#runtimes.start();
  }

  async stop(): Promise<void> {
    await this.#runtimes?.stop();
    if (this.#folder !== "") await rm(this.#folder, { recursive: true, force: true });
  }

  hold(digest: string, archive: Uint8Array): void {
    this.#archives.set(digest, archive);
  }

  async run(trial: Trial): Promise<TrialAnswer> {
    const runtimes = this.#runtimes;
    if (runtimes === undefined) throw new Error("trials are run after the start");
    const clock = new TrialClock(this.#surroundings.clock, trial.startsAt ?? this.#surroundings.clock.now());
    const dataRoot = await this.#writeFiles(trial);
    const library = this.#library(runtimes, dataRoot);
    const logs: ExecutionLogLine[] = [];
    const world = new TrialWorld(trial);
    const stubs = new Stubs(trial.stubs);
    const told = Promise.withResolvers<AttemptReport>();
    const over = Promise.withResolvers<void>();
    const executioner = new Executioner({
      runtimes: timedRuntimes(runtimes, clock),
      library: timedLibrary(library, clock),
      clock,
      logger: silentLogger,
      host: () => idleHost,
      share: { cores: availableParallelism(), memoryBytes: totalmem(), ...defaultLook },
      controller: () => world.calls(),
      checkpoints: () => world.checkpoints(),
      standIns: (call) => stubs.answer(call),
      sink: {
        onLog: (_, line) => logs.push(line),
        onStepCost: () => undefined,
        onReport: (_, report) => told.resolve(report),
        onPlaceFree: () => over.resolve(),
      },
    });
    await library.start();
    try {
      executioner.execute(
        attemptOf(trial, dataRoot),
        new PreparedPlan(trial.plan, runtimesFor(trial, runtimes.found())),
      );
      const report = await told.promise;
      await over.promise;
      return answerOf(trial, report, logs, stubs);
    } finally {
      await executioner.stop();
      await library.stop();
    }
  }

  #library(runtimes: HostRuntimes, dataRoot: string): LibraryWorkers {
    const { clock, allowNetworks } = this.#surroundings;
    return new LibraryWorkers({
      launcher: runtimes,
      settings: { dataRoot, allowNetworks, limits: defaultContainedLimits },
      clock,
      logger: silentLogger,
    });
  }

  /** Those of a worker's user may write there too: each trial has a folder of its own. */
  async #writeFiles({ files }: Trial): Promise<string> {
    const folder = await mkdtemp(join(this.#folder, "data", "trial-"));
    await chmod(folder, 0o777);
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, Buffer.from(content, "base64"));
    }
    return folder;
  }
}

/** A test does not depend on what else the host does. */
const idleHost = {
  cpuPercent: 0,
  memoryUsedBytes: 0,
  memoryTotalBytes: totalmem(),
  receivedBytesPerSecond: 0,
  sentBytesPerSecond: 0,
} as const;

function attemptOf({ plan, inputs }: Trial, dataRoot: string): Attempt {
  return {
    executionId: createExecutionId(),
    attemptNo: 1,
    pipelineId: plan.pipeline_id as PipelineId,
    inputs: withFiles(inputs, dataRoot) as Attempt["inputs"],
  };
}

function withFiles(value: CanonicalValue, folder: string): CanonicalValue {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item: CanonicalValue) => withFiles(item, folder));
  const entries = Object.entries(value);
  const [name, path] = entries[0] ?? [];
  if (entries.length === 1 && name === fileTag && typeof path === "string") return join(folder, normalize(path));
  return Object.fromEntries(entries.map(([key, item]) => [key, withFiles(item, folder)]));
}

function answerOf(
  { id }: Trial,
  report: AttemptReport,
  logs: readonly ExecutionLogLine[],
  { calls }: Stubs,
): TrialAnswer {
  const { outcome, outputs, error, exitCode, waitsFor = [], cost } = report;
  return {
    id,
    outcome,
    outputs,
    ...(error === undefined ? {} : { error: pick(error) }),
    ...(exitCode === undefined ? {} : { exitCode }),
    calls,
    logs: logs.map(({ node, level, text }) => ({ node, level, text })),
    waitsFor,
    durationMs: cost.durationMs,
  };
}

const pick = ({ type, message, step, trace }: Required<TrialAnswer>["error"]) => ({ type, message, step, trace });
