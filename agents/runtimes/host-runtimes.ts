/** The runtimes of this host behind the one seam: finds and checks them, and calls functions in warm workers. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type NativeTarget, parseBundleDigest } from "@polyglot/contracts";
import type { Clock, Logger, Service } from "@polyglot/service";
import { type CgroupHost, type CgroupLimits, closeCgroups, openCgroups } from "../limits/cgroup.ts";
import { type ContainmentReport, type HostTools, probeHostTools, reportContainment } from "../limits/containment.ts";
import { clearWorkFolders, WorkerLauncher } from "../limits/worker-launcher.ts";
import { chooseWorkerUser, type WorkerUser } from "../limits/worker-user.ts";
import type { OutputLine } from "../pool/pool-call.ts";
import { defaultPoolLimits, type PoolLimits } from "../pool/pool-limits.ts";
import type { Launched } from "../pool/worker-group.ts";
import { type GroupDefinition, WorkerPool } from "../pool/worker-pool.ts";
import type { BundleStore } from "./bundle-store.ts";
import { type CheckedRuntime, type ConfiguredRuntimes, findRuntimes } from "./find-runtimes.ts";
import type { Language } from "./language.ts";
import {
  type CallHooks,
  type FoundRuntime,
  type LogLine,
  logLevels,
  type NativeCall,
  type NativeOutcome,
  type NativeRuntimes,
  type RaisedError,
} from "./native-call.ts";
import { node } from "./node/node.ts";
import { failed, noCost, outcomeOf } from "./outcome.ts";
import { polyglotError } from "./polyglot-error.ts";
import { python } from "./python/python.ts";
import { encodeRequest } from "./request.ts";
import type { SearchPlaces } from "./search-places.ts";
import { isVersionOf } from "./version.ts";

export interface HostRuntimesOptions extends SearchPlaces {
  readonly bundles: BundleStore;
  /** The agent's data folder; workers get their work folders below it. */
  readonly dataFolder: string;
  /** Folders that user code reads and writes; a user that cannot is not given to workers. */
  readonly dataRoots: readonly string[];
  /** Runtimes that the administrator names, by path. */
  readonly configured?: ConfiguredRuntimes;
  readonly userId: number | undefined;
  readonly cores: number;
  readonly limits?: Partial<PoolLimits>;
  /** Of each worker's process tree, where the host has control groups. */
  readonly treeLimits?: Partial<CgroupLimits>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Threads count: a Node process has eleven of its own. */
const defaultTreeLimits: CgroupLimits = { maxProcesses: 1_024 };

const languages: readonly Language[] = [python, node];

export class HostRuntimes implements NativeRuntimes, Service {
  readonly name = "runtimes";
  readonly #options: HostRuntimesOptions;
  readonly #limits: PoolLimits;
  readonly #pool: WorkerPool;
  #launcher: WorkerLauncher | undefined;
  #runtimes: readonly { readonly language: Language; readonly checked: CheckedRuntime }[] = [];
  #containment: ContainmentReport | undefined;
  #cgroups: CgroupHost | undefined;

  constructor(options: HostRuntimesOptions) {
    this.#options = options;
    this.#limits = { ...defaultPoolLimits(options.cores), ...options.limits };
    this.#pool = new WorkerPool(this.#limits, options.clock, options.logger);
  }

  async start(): Promise<void> {
    const { clock, dataFolder, environment, logger, userId } = this.#options;
    const workFolders = await clearWorkFolders(dataFolder);
    await mkdir(this.#noBundle, { recursive: true });
    const tools = await probeHostTools(userId);
    const user = await this.#chooseUser(tools, workFolders);
    this.#cgroups = await openCgroups(process.pid);
    this.#containment = reportContainment(tools, user, this.#cgroups);
    const { level, missing } = this.#containment;
    if (level === "weak") {
      const reasons = missing.map(({ reason }) => reason).join("; ");
      logger.warn({ missing }, `weak containment of user code: ${reasons}`);
    }
    const limits = { ...defaultTreeLimits, ...this.#options.treeLimits };
    this.#launcher = new WorkerLauncher({ dataFolder, environment, tools, cgroups: this.#cgroups, limits, clock });
    this.#runtimes = (await Promise.all(languages.map((language) => this.#find(language, user)))).flat();
    await this.#pool.start();
  }

  async stop(): Promise<void> {
    await this.#pool.stop();
    if (this.#cgroups !== undefined) await closeCgroups(this.#cgroups);
  }

  found(): readonly FoundRuntime[] {
    return this.#runtimes.map(({ checked }) => checked.found);
  }

  /** How far workers are kept apart; undefined before the start. A runtime's own `problem` says where it falls below. */
  get containment(): ContainmentReport | undefined {
    return this.#containment;
  }

  async call(call: NativeCall, hooks: CallHooks): Promise<NativeOutcome> {
    if (hooks.signal.aborted) return { kind: "stopped", cost: noCost() };
    const language = languages.find((known) => known.lang === call.target.lang);
    const runtime = language === undefined ? undefined : this.#select(language, call.runtimeVersion);
    if (language === undefined || runtime === undefined) return failed(this.#missing(call, language));
    const release = this.#hold(call.target);
    try {
      const folder = await this.#folderOf(call.target).catch((error: unknown) => error as Error);
      if (typeof folder !== "string") {
        return failed(
          polyglotError("DependencyError", `the bundle of ${call.target.path} cannot be had: ${folder.message}`),
        );
      }
      return await this.#callIn(this.#groupFor(call, language, runtime, folder), call, language, hooks);
    } finally {
      release();
    }
  }

  async #callIn(
    group: GroupDefinition,
    call: NativeCall,
    language: Language,
    hooks: CallHooks,
  ): Promise<NativeOutcome> {
    const { clock } = this.#options;
    const before = clock.monotonic();
    const request = encodeRequest(call, language);
    const encodingMs = clock.monotonic() - before;
    if (request.kind === "error") return failed(request.error, { ...noCost(), conversionMs: encodingMs });
    let begunAt = clock.monotonic();
    const reply = await this.#pool.call(group, {
      body: request.body,
      functionName: `${call.target.path} ${call.target.function}`,
      signal: hooks.signal,
      onBegin: () => {
        begunAt = clock.monotonic();
        hooks.onStart?.();
      },
      onLine: (line) => hooks.onLog(asLogLine(line)),
    });
    const answeredAt = clock.monotonic();
    const outcome = outcomeOf(reply, call, language, answeredAt - begunAt);
    outcome.cost.conversionMs += encodingMs + clock.monotonic() - answeredAt;
    return outcome;
  }

  async #chooseUser(tools: HostTools, workFolders: string): Promise<WorkerUser> {
    const { dataRoots, userId } = this.#options;
    const programs = languages.map((language) => dirname(language.workerArguments().at(-1) ?? ""));
    return chooseWorkerUser(userId, tools.setpriv, {
      read: [...programs, this.#noBundle],
      traverse: [workFolders],
      write: dataRoots,
    });
  }

  async #find(language: Language, user: WorkerUser) {
    const { configured, logger } = this.#options;
    const checked = await findRuntimes(language, this.#options, configured?.[language.name] ?? [], user);
    for (const { found } of checked) logger.info(found, "runtime");
    return checked.map((one) => ({ language, checked: one }));
  }

  /** In the order of `findRuntimes`, so the first that fits is the one. */
  #select(language: Language, version: string | undefined): CheckedRuntime | undefined {
    return this.#runtimes.find(
      ({ checked, language: own }) =>
        own === language &&
        checked.found.usable &&
        (version === undefined || isVersionOf(checked.found.version, version)),
    )?.checked;
  }

  #missing(call: NativeCall, language: Language | undefined): RaisedError {
    if (language === undefined)
      return polyglotError("DependencyError", `this agent has no runtime for ${call.target.lang}`);
    const wanted = `${language.title}${call.runtimeVersion === undefined ? "" : ` ${call.runtimeVersion}`}`;
    const own = this.#runtimes.filter((runtime) => runtime.language === language).map(({ checked }) => checked.found);
    const found = own.map(({ version, usable, problem }) => (usable ? version : `${version} (not usable: ${problem})`));
    return polyglotError("DependencyError", `this agent has no ${wanted}; found: ${found.join(", ") || "none"}`);
  }

  /** A module of the environment needs no bundle; its calls run over an empty folder. */
  get #noBundle(): string {
    return join(this.#options.dataFolder, "no-bundle");
  }

  async #folderOf(target: NativeTarget): Promise<string> {
    const digest = parseBundleDigest(target.bundle_digest);
    if (digest !== undefined) return this.#options.bundles.folderOf(digest);
    if (target.origin === "environment") return this.#noBundle;
    throw new Error(`'${target.bundle_digest}' is no digest`);
  }

  /** The bundle of a target stays until what is returned is called. */
  #hold(target: NativeTarget): () => void {
    const digest = parseBundleDigest(target.bundle_digest);
    return digest === undefined ? () => undefined : this.#options.bundles.hold(digest);
  }

  #groupFor(call: NativeCall, language: Language, runtime: CheckedRuntime, folder: string): GroupDefinition {
    const scope = language.workerScope(call.target);
    return {
      key: [language.name, runtime.found.path, call.namespace, folder, scope].join("\n"),
      launch: async () => {
        const launcher = this.#launcher;
        if (launcher === undefined) throw new Error("the runtimes are not started");
        const command = {
          command: runtime.found.path,
          arguments: [...language.workerArguments(), folder],
          user: runtime.user,
          channels: 2,
        };
        return launchHolding(this.#hold(call.target), () => launcher.launch(command));
      },
    };
  }
}

/** The worker's bundle stays until no process of the worker is left. */
async function launchHolding(release: () => void, launch: () => Promise<Launched>): Promise<Launched> {
  try {
    const launched = await launch();
    return { process: launched.process, cleanUp: () => launched.cleanUp().finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}

function asLogLine(line: OutputLine): LogLine {
  const level = logLevels.find((known) => known === line.level) ?? "info";
  return { at: line.at, level, text: line.text };
}
