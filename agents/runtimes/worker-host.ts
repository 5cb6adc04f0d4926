/** What this host offers for keeping workers apart from it and from each other, and the launcher that uses it. */
import { dirname } from "node:path";
import type { Clock, Logger, Service } from "@polyglot/service";
import { type CgroupHost, closeCgroups, openCgroups } from "../limits/cgroup.ts";
import { type Confinement, problemOfConfinement } from "../limits/confinement.ts";
import {
  type ContainmentReport,
  demandLayers,
  type HostTools,
  type Layer,
  probeHostTools,
  reportContainment,
} from "../limits/containment.ts";
import { clearWorkFolders, type LaunchedWorker, WorkerLauncher } from "../limits/worker-launcher.ts";
import { defaultWorkerLimits, type WorkerLimits } from "../limits/worker-limits.ts";
import { chooseWorkerUser, type WorkerUser } from "../limits/worker-user.ts";
import { languages } from "./languages.ts";
import { checkProgram, type OwnProgram } from "./own-program.ts";

export interface WorkerHostOptions {
  /** The agent's data folder; workers get their work folders below it. */
  readonly dataFolder: string;
  /** Folders that user code reads and writes; a user that cannot is not given to workers. */
  readonly dataRoots: readonly string[];
  /** What workers read beside their programs. */
  readonly emptyFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly userId: number | undefined;
  /** Of each worker, with all that it starts. */
  readonly treeLimits?: Partial<WorkerLimits>;
  /** Without one of these nothing starts. */
  readonly requiredLayers?: readonly Layer[];
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Started {
  readonly user: WorkerUser;
  readonly launcher: WorkerLauncher;
  readonly containment: ContainmentReport;
  readonly cgroups: CgroupHost | undefined;
}

export class WorkerHost implements Service {
  readonly name = "worker host";
  readonly #options: WorkerHostOptions;
  #started: Started | undefined;
  /** Users that our own programs run as, by file: found out once. */
  readonly #programUsers = new Map<string, Promise<WorkerUser>>();

  constructor(options: WorkerHostOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { clock, dataFolder, environment, logger, requiredLayers, treeLimits, userId } = this.#options;
    const workFolders = await clearWorkFolders(dataFolder);
    const tools = await probeHostTools(userId);
    const user = await this.#chooseUser(tools, workFolders);
    const cgroups = await openCgroups(process.pid);
    const containment = reportContainment(tools, user, cgroups);
    demandLayers(requiredLayers ?? [], containment);
    if (containment.level === "weak") {
      const reasons = containment.missing.map(({ reason }) => reason).join("; ");
      logger.warn({ missing: containment.missing }, `weak containment of user code: ${reasons}`);
    }
    const limits = { ...defaultWorkerLimits, ...treeLimits };
    const launcher = new WorkerLauncher({ dataFolder, environment, tools, cgroups, limits, clock });
    this.#started = { user, launcher, containment, cgroups };
  }

  async stop(): Promise<void> {
    if (this.#started?.cgroups !== undefined) await closeCgroups(this.#started.cgroups);
  }

  /** That workers run as, unless their runtime asks for another. */
  get user(): WorkerUser {
    return this.#here.user;
  }

  get launcher(): WorkerLauncher {
    return this.#here.launcher;
  }

  /** How far workers are kept apart; undefined before the start. A runtime's own `problem` says where it falls below. */
  get containment(): ContainmentReport | undefined {
    return this.#started?.containment;
  }

  problemOf(confinement: Confinement): string | undefined {
    return problemOfConfinement(confinement, this.#here.containment);
  }

  /** Starts a program of our own, contained as user code is. Rejects where no user can run it. */
  async launchProgram(program: OwnProgram): Promise<LaunchedWorker> {
    const user = await this.#userOf(program);
    return this.launcher.launch({
      command: process.execPath,
      // What the host trusts, we trust: its own authorities too.
      arguments: ["--use-system-ca", program.file, ...program.arguments],
      user,
      channels: program.channels,
      confinement: program.confinement,
    });
  }

  get #here(): Started {
    if (this.#started === undefined) throw new Error("the runtimes are not started");
    return this.#started;
  }

  async #chooseUser(tools: HostTools, workFolders: string): Promise<WorkerUser> {
    const { dataRoots, emptyFolder, userId } = this.#options;
    const programs = languages.flatMap((language) =>
      language.kind === "interpreted" ? [dirname(language.workerArguments().at(-1) ?? "")] : [],
    );
    return chooseWorkerUser(userId, tools.setpriv, {
      read: [...programs, emptyFolder],
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
    const { found, user } = await checkProgram(program, this.user);
    if (!found.usable) throw new Error(`${program.file} cannot be run: ${found.problem}`);
    if (found.problem !== undefined) this.#options.logger.warn({ program: program.file }, found.problem);
    return user;
  }
}
