/** The runtimes of this host behind the one seam: finds and checks them, and calls functions in warm workers. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type NativeTarget, type NativeUse, type PackagesFile, parseBundleDigest, sha256 } from "@polyglot/contracts";
import type { Clock, Logger, Service } from "@polyglot/service";
import { plainValue } from "../convert/held-value.ts";
import { SharedPartLost } from "../convert/shared-part.ts";
import { RecentTexts } from "../convert/recent-texts.ts";
import { type CgroupHost, closeCgroups, openCgroups } from "../limits/cgroup.ts";
import {
  type ContainmentReport,
  demandLayers,
  type HostTools,
  type Layer,
  probeHostTools,
  reportContainment,
} from "../limits/containment.ts";
import {
  clearWorkFolders,
  type LaunchedWorker,
  type WorkerCommand,
  WorkerLauncher,
} from "../limits/worker-launcher.ts";
import { type Confinement, keyOfConfinement, problemOfConfinement } from "../limits/confinement.ts";
import { defaultWorkerLimits, type WorkerLimits } from "../limits/worker-limits.ts";
import { chooseWorkerUser, type WorkerUser } from "../limits/worker-user.ts";
import type { OutputLine, PoolReply } from "../pool/pool-call.ts";
import { defaultPoolLimits, type PoolLimits } from "../pool/pool-limits.ts";
import type { Launched } from "../pool/worker-group.ts";
import { type GroupDefinition, WorkerPool } from "../pool/worker-pool.ts";
import type { BundleStore } from "./bundle-store.ts";
import { downloadSettings } from "./client-settings.ts";
import { borderCosts, Origins } from "./border-costs.ts";
import { BuildFailure, Builds, type BuildsOptions } from "./compiled/builds.ts";
import { lacksCompiler } from "./compiled/host-program.ts";
import type { BuildLimits } from "./compiled/limits.ts";
import { type BuiltModule, Modules, type ModuleWish } from "./compiled/modules.ts";
import type { EnvironmentLimits } from "./environments/limits.ts";
import {
  type EnvironmentWish,
  RuntimeEnvironments,
  type RunningPlace,
  type WantedFunction,
} from "./environments/runtime-environments.ts";
import { type CheckedRuntime, type ConfiguredRuntimes, findRuntimes } from "./find-runtimes.ts";
import type { CompiledLanguage, InterpretedLanguage, Language, PackagesSource } from "./language.ts";
import { languages } from "./languages.ts";
import {
  type CallHooks,
  type FoundRuntime,
  type LogLine,
  logLevels,
  type NativeArgument,
  type NativeCall,
  type NativeOutcome,
  type NativeRuntimes,
  type RaisedError,
} from "./native-call.ts";
import { checkProgram, type OwnProgram } from "./own-program.ts";
import { failed, noCost, outcomeOf } from "./outcome.ts";
import { writingMsOf } from "./answer.ts";
import { polyglotError } from "./polyglot-error.ts";
import type { OnProgress } from "./progress.ts";
import { encodeRequest } from "./request.ts";
import { AgentMemory } from "./shared-memory.ts";
import type { SearchPlaces } from "./search-places.ts";

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
  readonly environmentLimits?: Partial<EnvironmentLimits>;
  readonly buildLimits?: Partial<BuildLimits>;
  /** Of each worker, with all that it starts. */
  readonly treeLimits?: Partial<WorkerLimits>;
  /** Without one of these nothing starts. */
  readonly requiredLayers?: readonly Layer[];
  readonly clock: Clock;
  readonly logger: Logger;
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
  readonly #origins = new Origins();
  #launcher: WorkerLauncher | undefined;
  #builds: Builds | undefined;
  #modules: Modules | undefined;
  #environments: RuntimeEnvironments | undefined;
  #runtimes: readonly { readonly language: Language; readonly checked: CheckedRuntime }[] = [];
  #containment: ContainmentReport | undefined;
  #memory: AgentMemory | undefined;
  #cgroups: CgroupHost | undefined;
  #user: WorkerUser | undefined;
  /** Users that our own programs run as, by file: found out once. */
  readonly #programUsers = new Map<string, Promise<WorkerUser>>();

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
    this.#user = user;
    this.#cgroups = await openCgroups(process.pid);
    this.#containment = reportContainment(tools, user, this.#cgroups);
    demandLayers(this.#options.requiredLayers ?? [], this.#containment);
    const { level, missing } = this.#containment;
    if (level === "weak") {
      const reasons = missing.map(({ reason }) => reason).join("; ");
      logger.warn({ missing }, `weak containment of user code: ${reasons}`);
    }
    this.#memory = this.#openMemory();
    const limits = { ...defaultWorkerLimits, ...this.#options.treeLimits };
    this.#launcher = new WorkerLauncher({ dataFolder, environment, tools, cgroups: this.#cgroups, limits, clock });
    this.#environments = this.#createEnvironments(this.#launcher);
    await this.#environments.start();
    this.#builds = this.#createBuilds(this.#launcher);
    await this.#builds.start();
    this.#modules = new Modules(this.#builds, this.#options);
    this.#runtimes = (await Promise.all(languages.map((language) => this.#find(language, user)))).flat();
    await this.#pool.start();
  }

  async stop(): Promise<void> {
    await this.#pool.stop();
    await Promise.all([this.#environments?.stop(), this.#builds?.stop()]);
    this.#memory?.close();
    if (this.#cgroups !== undefined) await closeCgroups(this.#cgroups);
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
    return this.#runtimes.map(({ checked }) => checked.found);
  }

  /** Sentences on what steps in some language would miss here. */
  async lacks(): Promise<string[]> {
    const compiled = languages.filter((language) => language.kind === "compiled");
    const compilers = compiled.flatMap((language) => {
      const runtime = this.#select(language, undefined);
      return runtime === undefined ? [] : [{ language, compiler: runtime.found }];
    });
    const beside = compilers.map(({ language, compiler }) => language.lacks(compiler, this.#options));
    const none = languages.filter((language) => this.#select(language, undefined) === undefined);
    return [
      ...none.map((language) => `no ${language.title}: ${howToHave(language)}`),
      ...(compilers.length > 0 ? await lacksCompiler(this.#options) : []),
      ...(await Promise.all(beside)).flat(),
    ];
  }

  /** How far workers are kept apart; undefined before the start. A runtime's own `problem` says where it falls below. */
  get containment(): ContainmentReport | undefined {
    return this.#containment;
  }

  problemOf(confinement: Confinement): string | undefined {
    if (this.#containment === undefined) throw new Error("the runtimes are not started");
    return problemOfConfinement(confinement, this.#containment);
  }

  /** Starts a program of our own, contained as user code is. Rejects where no user can run it. */
  async launchProgram(program: OwnProgram): Promise<LaunchedWorker> {
    if (this.#launcher === undefined) throw new Error("the runtimes are not started");
    const user = await this.#userOf(program);
    return this.#launcher.launch({
      command: process.execPath,
      // What the host trusts, we trust: its own authorities too.
      arguments: ["--use-system-ca", program.file, ...program.arguments],
      user,
      channels: program.channels,
      confinement: program.confinement,
    });
  }

  async call(call: NativeCall, hooks: CallHooks): Promise<NativeOutcome> {
    if (hooks.signal.aborted) return { kind: "stopped", cost: noCost() };
    const language = languages.find((known) => known.lang === call.target.lang);
    const runtime = language === undefined ? undefined : this.#select(language, call.runtimeVersion);
    if (language === undefined || runtime === undefined)
      return failed(this.#missing(call.target.lang, call.runtimeVersion, language));
    const release = this.#hold(call.target);
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
    const language = languages.find((known) => known.lang === first?.target.lang);
    if (first === undefined || language?.kind !== "compiled" || this.#modules === undefined) return;
    const runtime = this.#select(language, first.version);
    if (runtime === undefined) throw new Error(this.#missing(first.target.lang, first.version, language).message);
    for (const use of uses) this.#modules.declare(use);
    const [folder, packages] = await Promise.all([this.#folderOf(first.target), this.#packagesSource(first.packages)]);
    await this.#modules.moduleOf({ use: first, language, runtime, folder, packages }, onProgress);
  }

  /** One use of each module that pipelines in force call: they stay, whatever the limits say. */
  registerModules(uses: readonly NativeUse[]): void {
    this.#modules?.register(uses);
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
    if (wish === undefined || this.#environments === undefined) {
      const language = languages.find((known) => known.lang === need.lang);
      throw new Error(this.#missing(need.lang, need.version, language).message);
    }
    return this.#environments.prepare(wish, functions, onProgress);
  }

  /** Environments of all pipelines in force: they stay, whatever the limits say. */
  async registerEnvironments(needs: readonly EnvironmentNeed[]): Promise<void> {
    const wishes = needs.map((need) => this.#wishOf(need)).filter((wish) => wish !== undefined);
    await this.#environments?.register(wishes);
  }

  #wishOf({ lang, version, bundleDigest, path }: EnvironmentNeed): EnvironmentWish | undefined {
    const language = languages.find((known) => known.lang === lang);
    const runtime = language === undefined ? undefined : this.#select(language, version);
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
    const release = this.#environments?.hold(place.digest);
    try {
      return await this.#callIn(this.#groupFor(call, language, runtime, place), call, language, hooks);
    } finally {
      release?.();
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
    if (this.#environments === undefined) throw new Error("the runtimes are not started");
    const wish = { language, runtime, bundleDigest, path };
    const place = this.#environments.placeOf(wish, folder, this.#waitLog(hooks, "environment"));
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
    if (this.#modules === undefined) throw new Error("the runtimes are not started");
    const { target, runtimeVersion: version } = call;
    const packages = await this.#packagesSource(call.environment);
    const wish: ModuleWish = {
      use: { target, version, packages: call.environment },
      language,
      runtime,
      folder,
      packages,
    };
    const built = this.#modules.moduleToCall(wish, this.#waitLog(hooks, "module")).catch((problem: unknown) => {
      if (problem instanceof BuildFailure) return problem;
      throw problem;
    });
    const module = await untilAborted(built, hooks.signal);
    if (module === "stopped") return { kind: "stopped", cost: noCost() };
    if (module instanceof BuildFailure)
      return failed(polyglotError("DependencyError", `${target.path}: ${module.message}`));
    const release = this.#modules.hold(module);
    try {
      return await this.#callIn(this.#groupOfModule(call, language, folder, module), call, language, hooks);
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
    this.#noteBorders(call, request, reply, outcome, { encodingMs, readingMs: clock.monotonic() - answeredAt });
    const hasRun = outcome.kind !== "error" || outcome.hasNotRun !== true;
    if (hasRun || !request.isUnchecked) return outcome;
    return this.#callIn(group, { ...call, arguments: call.arguments.map(readArgument) }, language, hooks);
  }

  /** What the agent and the worker took together, by the languages on both sides. */
  #noteBorders(
    call: NativeCall,
    { characters }: { readonly characters: readonly number[] },
    reply: PoolReply,
    outcome: NativeOutcome,
    { encodingMs, readingMs }: { readonly encodingMs: number; readonly readingMs: number },
  ): void {
    const { cost } = outcome;
    const writingMs = "body" in reply ? writingMsOf(reply.body) : 0;
    const given = call.arguments.map(({ value }, index) => ({
      from: this.#origins.of(value),
      value,
      characters: characters[index] ?? 0,
    }));
    const values = outcome.kind === "values" ? outcome.values : [];
    const borders = borderCosts({
      language: call.target.lang,
      given,
      inMs: encodingMs + cost.conversionMs - writingMs,
      answer: { values, characters: outcome.kind === "values" && "body" in reply ? reply.body.length : 0 },
      outMs: writingMs + readingMs,
    });
    this.#origins.note(values, call.target.lang);
    cost.conversionMs += encodingMs + readingMs;
    if (borders !== undefined) cost.borders = borders;
  }

  #createEnvironments(launcher: WorkerLauncher): RuntimeEnvironments {
    const { userId, environmentLimits: limits = {} } = this.#options;
    const owner = userId === 0 ? { uid: 0, gid: 0 } : undefined;
    return new RuntimeEnvironments({ ...this.#options, launcher, owner, limits });
  }

  #createBuilds(launcher: WorkerLauncher): Builds {
    const { environment, home, buildLimits: limits = {} } = this.#options;
    const settings: BuildsOptions["settings"] = (client) => downloadSettings(client, environment, home);
    return new Builds({ ...this.#options, launcher, limits, settings });
  }

  async #chooseUser(tools: HostTools, workFolders: string): Promise<WorkerUser> {
    const { dataRoots, userId } = this.#options;
    const programs = languages.flatMap((language) =>
      language.kind === "interpreted" ? [dirname(language.workerArguments().at(-1) ?? "")] : [],
    );
    return chooseWorkerUser(userId, tools.setpriv, {
      read: [...programs, this.#noBundle],
      traverse: [workFolders],
      write: dataRoots,
    });
  }

  #userOf(program: OwnProgram): Promise<WorkerUser> {
    const known = this.#programUsers.get(program.file);
    if (known !== undefined) return known;
    const user = this.#findUser(program);
    this.#programUsers.set(program.file, user);
    user.catch(() => this.#programUsers.delete(program.file));
    return user;
  }

  async #findUser(program: OwnProgram): Promise<WorkerUser> {
    const { found, user } = await checkProgram(program, this.#user ?? { setpriv: [] });
    if (!found.usable) throw new Error(`${program.file} cannot be run: ${found.problem}`);
    if (found.problem !== undefined) this.#options.logger.warn({ program: program.file }, found.problem);
    return user;
  }

  async #find(language: Language, user: WorkerUser) {
    const { configured, logger, requiredLayers = [] } = this.#options;
    const found = await findRuntimes(language, this.#options, configured?.[language.name] ?? [], user);
    const checked = requiredLayers.includes("other-user") ? found.map(refuseOwnUser) : found;
    for (const one of checked) logger.info(one.found, "runtime");
    return checked.map((one) => ({ language, checked: one }));
  }

  /** In the order of `findRuntimes`, so the first that fits is the one. */
  #select(language: Language, version: string | undefined): CheckedRuntime | undefined {
    return this.#runtimes.find(
      ({ checked, language: own }) =>
        own === language &&
        checked.found.usable &&
        (version === undefined || own.offers(checked.found.version, version)),
    )?.checked;
  }

  #missing(lang: string, version: string | undefined, language: Language | undefined): RaisedError {
    if (language === undefined) return polyglotError("DependencyError", `this agent has no runtime for ${lang}`);
    const wanted = `${language.title}${version === undefined ? "" : ` ${version}`}`;
    const own = this.#runtimes.filter((runtime) => runtime.language === language).map(({ checked }) => checked.found);
    const found = own.map((one) => (one.usable ? one.version : `${one.version} (not usable: ${one.problem})`));
    const there = found.join(", ") || `none; ${howToHave(language)}`;
    return polyglotError("DependencyError", `this agent has no ${wanted}; found: ${there}`);
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

  /** The bundle of a target stays until what is returned is called. */
  #hold(target: NativeTarget): () => void {
    const digest = parseBundleDigest(target.bundle_digest);
    return digest === undefined ? () => undefined : this.#options.bundles.hold(digest);
  }

  #groupFor(
    { target, namespace, variables, confinement }: NativeCall,
    language: InterpretedLanguage,
    { user }: CheckedRuntime,
    { program, folder, digest }: RunningPlace,
  ): GroupDefinition {
    const scope = [language.workerScope(target), keyOfVariables(variables), keyOfConfinement(confinement)];
    return {
      key: [language.name, program, namespace, digest, folder, ...scope].join("\n"),
      // Made at each call and used for few: to find the worker's own file takes about 18 µs.
      launch: () => {
        const command = { command: program, arguments: [...language.workerArguments(), folder], user, confinement };
        return this.#launch(target, withVariables(command, variables), [this.#environments?.hold(digest)]);
      },
    };
  }

  /** As the user of all workers: a module needs nothing of its compiler, so who could run that does not matter. */
  #groupOfModule(
    { target, namespace, variables, confinement }: NativeCall,
    language: CompiledLanguage,
    folder: string,
    module: BuiltModule,
  ): GroupDefinition {
    const user = this.#user ?? { setpriv: [] };
    const command = withVariables(
      { command: module.host, arguments: [module.file, folder], user, confinement },
      variables,
    );
    return {
      key: [language.name, namespace, module.file, keyOfVariables(variables), keyOfConfinement(confinement)].join("\n"),
      launch: () => this.#launch(target, command, [this.#modules?.hold(module)]),
    };
  }

  async #launch(
    target: NativeTarget,
    command: Omit<WorkerCommand, "channels">,
    holds: readonly ((() => void) | undefined)[],
  ): Promise<Launched> {
    const launcher = this.#launcher;
    if (launcher === undefined) throw new Error("the runtimes are not started");
    const releases = [this.#hold(target), ...holds];
    return launchHolding(
      () => releases.forEach((release) => release?.()),
      () => launcher.launch({ ...command, channels: 2 }),
    );
  }
}

const howToHave = ({ programs, name }: Language): string =>
  `install ${programs} where the agent finds it, or name one with --${name}`;

const keyOfAttempt = ({ executionId, attemptNo }: Pick<NativeCall, "executionId" | "attemptNo">): string =>
  `${executionId} ${attemptNo}`;

const readArgument = (argument: NativeArgument): NativeArgument => ({ ...argument, value: plainValue(argument.value) });

/** One that no user apart from the agent's can use. */
function refuseOwnUser({ found, user }: CheckedRuntime): CheckedRuntime {
  return user.owner === undefined ? { found: { ...found, usable: false }, user } : { found, user };
}

type Variables = NativeCall["variables"];

/** A digest: the key of a group stands in logs, and values may be secrets. */
function keyOfVariables(variables: Variables): string {
  if (variables === undefined) return "";
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(new TextEncoder().encode(JSON.stringify(sorted)));
}

const withVariables = <Command extends object>(command: Command, variables: Variables) =>
  variables === undefined ? command : { ...command, variables };

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

/** The worker's bundle and environment stay until no process of the worker is left. */
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
