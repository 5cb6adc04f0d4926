/** The runtimes of this host behind the one seam: finds and checks them, and calls functions in warm workers. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type NativeTarget, type NativeUse, type PackagesFile, parseBundleDigest } from "@polyglot/contracts";
import type { Service } from "@polyglot/service";
import { plainValue } from "../convert/held-value.ts";
import { RecentTexts } from "../convert/recent-texts.ts";
import { SharedPartLost } from "../convert/shared-part.ts";
import type { Confinement } from "../limits/confinement.ts";
import type { ContainmentReport } from "../limits/containment.ts";
import type { LaunchedWorker } from "../limits/worker-launcher.ts";
import type { OutputLine, PoolReply } from "../pool/pool-call.ts";
import { defaultPoolLimits, type PoolLimits } from "../pool/pool-limits.ts";
import { type GroupDefinition, WorkerPool } from "../pool/worker-pool.ts";
import { Borders } from "./border-costs.ts";
import type { BundleStore } from "./bundle-store.ts";
import { downloadSettings } from "./client-settings.ts";
import { BuildFailure, Builds, type BuildsOptions } from "./compiled/builds.ts";
import type { BuildLimits } from "./compiled/limits.ts";
import { Modules, type ModuleWish } from "./compiled/modules.ts";
import type { EnvironmentLimits } from "./environments/limits.ts";
import {
  type EnvironmentWish,
  RuntimeEnvironments,
  type RunningPlace,
  type WantedFunction,
} from "./environments/runtime-environments.ts";
import type { CheckedRuntime } from "./find-runtimes.ts";
import { InstalledRuntimes, type InstalledRuntimesOptions, languageOf } from "./installed-runtimes.ts";
import type { CompiledLanguage, InterpretedLanguage, Language, PackagesSource } from "./language.ts";
import {
  type CallHooks,
  type FoundRuntime,
  type LogLine,
  logLevels,
  type NativeArgument,
  type NativeCall,
  type NativeOutcome,
  type NativeRuntimes,
} from "./native-call.ts";
import { failed, noCost, outcomeOf } from "./outcome.ts";
import type { OwnProgram } from "./own-program.ts";
import { polyglotError } from "./polyglot-error.ts";
import type { OnProgress } from "./progress.ts";
import { encodeRequest } from "./request.ts";
import { AgentMemory } from "./shared-memory.ts";
import { WorkerGroups, type WorkerGroupsOptions } from "./worker-groups.ts";
import { WorkerHost, type WorkerHostOptions } from "./worker-host.ts";

export interface HostRuntimesOptions extends Omit<WorkerHostOptions, "emptyFolder">, InstalledRuntimesOptions {
  readonly bundles: BundleStore;
  readonly cores: number;
  readonly limits?: Partial<PoolLimits>;
  readonly environmentLimits?: Partial<EnvironmentLimits>;
  readonly buildLimits?: Partial<BuildLimits>;
}

/** What there is from the start on. */
interface Parts extends Omit<WorkerGroupsOptions, "bundles" | "host"> {
  readonly builds: Builds;
  readonly groups: WorkerGroups;
}

/** What pipelines need of a language's packages, as plans name it. */
export interface EnvironmentNeed {
  readonly lang: NativeTarget["lang"];
  readonly version: string | undefined;
  readonly bundleDigest: string;
  /** Absent for what the runtime brings along. */
  readonly path: string | undefined;
}

export class HostRuntimes implements NativeRuntimes, Service {
  readonly name = "runtimes";
  readonly #options: HostRuntimesOptions;
  readonly #limits: PoolLimits;
  readonly #pool: WorkerPool;
  readonly #texts = new RecentTexts();
  readonly #borders = new Borders();
  readonly #host: WorkerHost;
  readonly #installed: InstalledRuntimes;
  #parts: Parts | undefined;
  #memory: AgentMemory | undefined;

  constructor(options: HostRuntimesOptions) {
    this.#options = options;
    this.#limits = { ...defaultPoolLimits(options.cores), ...options.limits };
    this.#pool = new WorkerPool(this.#limits, options.clock, options.logger);
    this.#host = new WorkerHost({ ...options, emptyFolder: this.#noBundle });
    this.#installed = new InstalledRuntimes(options);
  }

  async start(): Promise<void> {
    await mkdir(this.#noBundle, { recursive: true });
    await this.#host.start();
    this.#memory = this.#openMemory();
    const environments = this.#createEnvironments();
    const builds = this.#createBuilds();
    const modules = new Modules(builds, this.#options);
    const groups = new WorkerGroups({ bundles: this.#options.bundles, host: this.#host, environments, modules });
    this.#parts = { environments, builds, modules, groups };
    await environments.start();
    await builds.start();
    await this.#installed.find(this.#host.user);
    await this.#pool.start();
  }

  async stop(): Promise<void> {
    await this.#pool.stop();
    await Promise.all([this.#parts?.environments.stop(), this.#parts?.builds.stop()]);
    this.#memory?.close();
    await this.#host.stop();
  }

  /** Nothing of the attempt runs any more: what its workers shared goes. */
  endAttempt(attempt: Pick<NativeCall, "executionId" | "attemptNo">): void {
    this.#memory?.end(keyOfAttempt(attempt));
  }

  /** Where workers share memory; undefined where they do not. */
  get sharedFolder(): string | undefined {
    return this.#memory?.folder;
  }

  #openMemory(): AgentMemory | undefined {
    const { dataFolder, logger } = this.#options;
    const memory = AgentMemory.open(dataFolder);
    if (memory instanceof AgentMemory) return memory;
    logger.warn({ problem: memory.message }, "workers share no memory: large values travel between them as text");
    return undefined;
  }

  found(): readonly FoundRuntime[] {
    return this.#installed.found();
  }

  /** Sentences on what steps in some language would miss here. */
  lacks(): Promise<string[]> {
    return this.#installed.lacks();
  }

  get containment(): ContainmentReport | undefined {
    return this.#host.containment;
  }

  problemOf(confinement: Confinement): string | undefined {
    return this.#host.problemOf(confinement);
  }

  launchProgram(program: OwnProgram): Promise<LaunchedWorker> {
    return this.#host.launchProgram(program);
  }

  async call(call: NativeCall, hooks: CallHooks): Promise<NativeOutcome> {
    if (hooks.signal.aborted) return { kind: "stopped", cost: noCost() };
    const language = languageOf(call.target.lang);
    const runtime = this.#installed.select(language, call.runtimeVersion);
    if (language === undefined || runtime === undefined)
      return failed(this.#installed.missing(call.target.lang, call.runtimeVersion));
    const release = this.#here.groups.holdBundle(call.target);
    try {
      const folder = await this.#folderOf(call.target).catch((error: unknown) => error as Error);
      if (typeof folder !== "string") {
        return failed(
          polyglotError("DependencyError", `the bundle of ${call.target.path} cannot be had: ${folder.message}`),
        );
      }
      if (language.kind === "interpreted") return await this.#callOver(call, language, runtime, folder, hooks);
      return await this.#callModule(call, language, runtime, folder, hooks);
    } catch (problem) {
      if (!(problem instanceof SharedPartLost)) throw problem;
      return failed(polyglotError("RuntimeError", `an argument's memory is lost: ${problem.message}`));
    } finally {
      release();
    }
  }

  /**
   * Builds, ahead of the first call, the module that these functions of one file need. Rejects where it does not build or
   * has no runtime here.
   */
  async prepare(uses: readonly NativeUse[], onProgress?: OnProgress): Promise<void> {
    const [first] = uses;
    const language = first === undefined ? undefined : languageOf(first.target.lang);
    if (first === undefined || language?.kind !== "compiled" || this.#parts === undefined) return;
    const { modules } = this.#parts;
    const runtime = this.#installed.select(language, first.version);
    if (runtime === undefined) throw new Error(this.#installed.missing(first.target.lang, first.version).message);
    for (const use of uses) modules.declare(use);
    const [folder, packages] = await Promise.all([this.#folderOf(first.target), this.#packagesSource(first.packages)]);
    await modules.moduleOf({ use: first, language, runtime, folder, packages }, onProgress);
  }

  /** One use of each module that pipelines in force call: they stay, whatever the limits say. */
  registerModules(uses: readonly NativeUse[]): void {
    this.#parts?.modules.register(uses);
  }

  /**
   * Builds an environment ahead of the first call, and looks up functions in it. Answers what is the matter with those
   * that cannot be called, by key; rejects where it cannot be built or has no runtime here.
   */
  async prepareEnvironment(
    need: EnvironmentNeed,
    functions: readonly WantedFunction[],
    onProgress: OnProgress,
  ): Promise<ReadonlyMap<string, string>> {
    const wish = this.#wishOf(need);
    if (wish === undefined) throw new Error(this.#installed.missing(need.lang, need.version).message);
    return this.#here.environments.prepare(wish, functions, onProgress);
  }

  /** Environments of all pipelines in force: they stay, whatever the limits say. */
  async registerEnvironments(needs: readonly EnvironmentNeed[]): Promise<void> {
    const wishes = needs.map((need) => this.#wishOf(need)).filter((wish) => wish !== undefined);
    await this.#parts?.environments.register(wishes);
  }

  #wishOf({ lang, version, bundleDigest, path }: EnvironmentNeed): EnvironmentWish | undefined {
    const language = languageOf(lang);
    const runtime = this.#installed.select(language, version);
    if (language?.kind !== "interpreted" || runtime === undefined) return undefined;
    return { language, runtime, bundleDigest, path };
  }

  async #callOver(
    call: NativeCall,
    language: InterpretedLanguage,
    runtime: CheckedRuntime,
    folder: string,
    hooks: CallHooks,
  ): Promise<NativeOutcome> {
    const place = await this.#placeOf(call, language, runtime, folder, hooks);
    if (place === "stopped") return { kind: "stopped", cost: noCost() };
    if (place instanceof Error) return failed(polyglotError("DependencyError", place.message));
    const { environments, groups } = this.#here;
    const release = environments.hold(place.digest);
    try {
      return await this.#callIn(groups.over(call, language, runtime, place), call, language, hooks);
    } finally {
      release();
    }
  }

  /** A call that comes while its environment is being built waits for it, and its step's log says for what. */
  async #placeOf(
    { environment }: NativeCall,
    language: InterpretedLanguage,
    runtime: CheckedRuntime,
    folder: string,
    hooks: CallHooks,
  ): Promise<RunningPlace | Error | "stopped"> {
    const { path, bundleDigest } = environment ?? {};
    if (path === undefined || bundleDigest === undefined) return { program: runtime.found.path, folder, digest: "" };
    const wish = { language, runtime, bundleDigest, path };
    const place = this.#here.environments.placeOf(wish, folder, this.#waitLog(hooks, "environment"));
    const known = place.catch((problem: unknown) => {
      return new Error(`the environment of ${path} cannot be had: ${(problem as Error).message}`, { cause: problem });
    });
    return untilAborted(known, hooks.signal);
  }

  #waitLog(hooks: CallHooks, what: string): OnProgress {
    const { clock } = this.#options;
    return (text) => {
      if (hooks.signal.aborted) return;
      hooks.onLog({ at: clock.now(), level: "info", text: `waits for its ${what}: ${text}` });
    };
  }

  /** A call that comes while its module is being built waits for it, too. */
  async #callModule(
    call: NativeCall,
    language: CompiledLanguage,
    runtime: CheckedRuntime,
    folder: string,
    hooks: CallHooks,
  ): Promise<NativeOutcome> {
    const { groups, modules } = this.#here;
    const { target, runtimeVersion: version } = call;
    const packages = await this.#packagesSource(call.environment);
    const wish: ModuleWish = {
      use: { target, version, packages: call.environment },
      language,
      runtime,
      folder,
      packages,
    };
    const built = modules.moduleToCall(wish, this.#waitLog(hooks, "module")).catch((problem: unknown) => {
      if (problem instanceof BuildFailure) return problem;
      throw problem;
    });
    const module = await untilAborted(built, hooks.signal);
    if (module === "stopped") return { kind: "stopped", cost: noCost() };
    if (module instanceof BuildFailure)
      return failed(polyglotError("DependencyError", `${target.path}: ${module.message}`));
    const release = modules.hold(module);
    try {
      return await this.#callIn(groups.ofModule(call, language, folder, module), call, language, hooks);
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
    const memory = this.#memory?.of(keyOfAttempt(call));
    const request = encodeRequest(call, language, { texts: this.#texts, shared: memory?.offer() });
    const encodingMs = clock.monotonic() - before;
    if (request.kind === "error") return failed(request.error, { ...noCost(), conversionMs: encodingMs });
    let begunAt = clock.monotonic();
    const reply = await this.#pool.call(group, {
      body: request.body,
      functionName: `${call.target.path} ${call.target.function}`,
      signal: hooks.signal,
      onBegin: (serving) => {
        begunAt = clock.monotonic();
        hooks.onStart?.(serving);
      },
      onLine: (line) => hooks.onLog(asLogLine(line)),
      ...(hooks.onOutput === undefined ? {} : { onOutput: hooks.onOutput }),
    });
    const answeredAt = clock.monotonic();
    if (reply.kind === "died" || reply.kind === "stopped") memory?.abandonCall();
    const outcome = outcomeOf(reply, call, language, { durationMs: answeredAt - begunAt, memory });
    const took = { encodingMs, readingMs: clock.monotonic() - answeredAt };
    this.#borders.note(call, outcome, { given: request.characters, answer: bodyOf(reply), ...took });
    const hasRun = outcome.kind !== "error" || outcome.hasNotRun !== true;
    if (hasRun || !request.isUnchecked) return outcome;
    return this.#callIn(group, { ...call, arguments: call.arguments.map(readArgument) }, language, hooks);
  }

  get #here(): Parts {
    if (this.#parts === undefined) throw new Error("the runtimes are not started");
    return this.#parts;
  }

  #createEnvironments(): RuntimeEnvironments {
    const { userId, environmentLimits: limits = {} } = this.#options;
    const owner = userId === 0 ? { uid: 0, gid: 0 } : undefined;
    return new RuntimeEnvironments({ ...this.#options, launcher: this.#host.launcher, owner, limits });
  }

  #createBuilds(): Builds {
    const { environment, home, buildLimits: limits = {} } = this.#options;
    const settings: BuildsOptions["settings"] = (client) => downloadSettings(client, environment, home);
    return new Builds({ ...this.#options, launcher: this.#host.launcher, limits, settings });
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

  async #packagesSource(file: PackagesFile | undefined): Promise<PackagesSource | undefined> {
    const digest = parseBundleDigest(file?.bundleDigest ?? "");
    if (file === undefined || digest === undefined) return undefined;
    return { folder: await this.#options.bundles.folderOf(digest), path: file.path };
  }
}

const keyOfAttempt = ({ executionId, attemptNo }: Pick<NativeCall, "executionId" | "attemptNo">): string =>
  `${executionId} ${attemptNo}`;

const readArgument = (argument: NativeArgument): NativeArgument => ({ ...argument, value: plainValue(argument.value) });

async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | "stopped"> {
  const aborted = Promise.withResolvers<"stopped">();
  const onAbort = () => aborted.resolve("stopped");
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

const bodyOf = (reply: PoolReply): string | undefined => ("body" in reply ? reply.body : undefined);

function asLogLine(line: OutputLine): LogLine {
  const level = logLevels.find((known) => known === line.level) ?? "info";
  return { at: line.at, level, text: line.text };
}
