/** Starts worker processes, each contained, in a work folder of its own, with an environment of its own. */
import { chmod, mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Clock } from "@polyglot/service";
import { type CgroupHost, type Controller, createCgroup, removeCgroup } from "./cgroup.ts";
import { ContainedProcess } from "./contained-process.ts";
import { type Confinement, limitsWith } from "./confinement.ts";
import { type HostTools, noNetwork } from "./containment.ts";
import { createWorkFolder, removeWorkFolder, workerEnvironment } from "./work-folder.ts";
import { guardWorker } from "./worker-guard.ts";
import type { WorkerLimits } from "./worker-limits.ts";
import type { WorkerUser } from "./worker-user.ts";

export interface WorkerCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly user: WorkerUser;
  /**
   * Beside those that every worker has. The tools that contain the worker start with them, too, so nothing may be among them that decides what a program loads.
   */
  readonly variables?: Readonly<Record<string, string>>;
  /** In its work folder before it starts. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /** Two-way channels that the process finds from file descriptor 3 on. */
  readonly channels: number;
  /** Beyond what every worker has. Whether this host can do it has been asked before. */
  readonly confinement?: Confinement | undefined;
}

export interface LaunchedWorker {
  readonly process: ContainedProcess;
  /** Where it works: a folder of its own, which the agent can read. */
  readonly folder: string;
  /** Removes the work folder and the control groups; called once no process of the tree is left. */
  cleanUp(): Promise<void>;
}

export interface LauncherSurroundings {
  /** The agent's; work folders lie below it. */
  readonly dataFolder: string;
  /** The agent's own environment, of which an allow-list is passed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tools: HostTools;
  readonly cgroups: CgroupHost;
  readonly limits: WorkerLimits;
  readonly clock: Clock;
}

export class WorkerLauncher {
  readonly #parent: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #tools: HostTools;
  readonly #cgroups: CgroupHost;
  readonly #limits: WorkerLimits;
  readonly #clock: Clock;

  constructor(surroundings: LauncherSurroundings) {
    this.#parent = workFoldersIn(surroundings.dataFolder);
    this.#environment = surroundings.environment;
    this.#tools = surroundings.tools;
    this.#cgroups = surroundings.cgroups;
    this.#limits = surroundings.limits;
    this.#clock = surroundings.clock;
  }

  async launch(command: WorkerCommand): Promise<LaunchedWorker> {
    const folder = await createWorkFolder(this.#parent, command.user, command.files);
    const limits = limitsWith(this.#limits, command.confinement);
    const cgroups = await createCgroup(this.#cgroups, basename(folder), limits);
    const { setpriv } = this.#tools;
    const unshare = this.#unshareFor(command.confinement);
    const process = new ContainedProcess(
      {
        command: command.command,
        arguments: command.arguments,
        folder,
        environment: { ...workerEnvironment(folder, this.#environment), ...command.variables },
        channels: command.channels,
      },
      {
        ...(unshare === undefined ? {} : { unshare }),
        setpriv,
        userArguments: command.user.setpriv,
        cgroups,
        maxOpenFiles: limits.maxOpenFiles,
      },
      this.#clock,
    );
    const guarding = guardWorker({
      process,
      folder,
      limits,
      bounded: boundedBy(this.#cgroups),
      clock: this.#clock,
    });
    const cleanUp = async () => {
      await guarding;
      await removeCgroup(cgroups, this.#clock);
      await removeWorkFolder(folder);
    };
    return { process, folder, cleanUp };
  }

  #unshareFor(confinement: Confinement | undefined): readonly string[] | undefined {
    const { unshare } = this.#tools;
    if (confinement?.network !== "none") return unshare;
    if (unshare === undefined) throw new Error("no network namespace can be made here");
    return [...unshare, noNetwork];
  }
}

const boundedBy = (host: CgroupHost): readonly Controller[] =>
  host.kind === "missing" ? [] : host.folders.flatMap(({ controllers }) => controllers);

const workFoldersIn = (dataFolder: string): string => join(dataFolder, "work");

/** What an agent that was killed has left behind goes; its processes have gone with it. */
export async function clearWorkFolders(dataFolder: string): Promise<string> {
  const parent = workFoldersIn(dataFolder);
  await rm(parent, { recursive: true, force: true });
  await mkdir(parent, { recursive: true });
  // Workers pass through to their own folder; whose it is, the others need not see. The umask has no say in it.
  await chmod(parent, 0o711);
  return parent;
}
