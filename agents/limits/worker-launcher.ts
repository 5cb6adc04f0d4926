/** Starts worker processes, each contained, in a work folder of its own, with an environment of its own. */
import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@polyglot/service";
import { ContainedProcess } from "./contained-process.ts";
import type { HostTools } from "./containment.ts";
import { createWorkFolder, removeWorkFolder, workerEnvironment } from "./work-folder.ts";
import type { WorkerUser } from "./worker-user.ts";

export interface WorkerCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly user: WorkerUser;
  /** Two-way channels that the process finds from file descriptor 3 on. */
  readonly channels: number;
}

export interface LaunchedWorker {
  readonly process: ContainedProcess;
  /** Removes the work folder; called once no process of the tree is left. */
  cleanUp(): Promise<void>;
}

export class WorkerLauncher {
  readonly #parent: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #tools: HostTools;
  readonly #clock: Clock;

  /** `environment` is the agent's own, of which an allow-list is passed on. */
  constructor(
    dataFolder: string,
    environment: Readonly<Record<string, string | undefined>>,
    tools: HostTools,
    clock: Clock,
  ) {
    this.#parent = workFoldersIn(dataFolder);
    this.#environment = environment;
    this.#tools = tools;
    this.#clock = clock;
  }

  async launch(command: WorkerCommand): Promise<LaunchedWorker> {
    const folder = await createWorkFolder(this.#parent, command.user);
    const { unshare, setpriv } = this.#tools;
    const process = new ContainedProcess(
      {
        command: command.command,
        arguments: command.arguments,
        folder,
        environment: workerEnvironment(folder, this.#environment),
        channels: command.channels,
      },
      { ...(unshare === undefined ? {} : { unshare }), setpriv, userArguments: command.user.setpriv },
      this.#clock,
    );
    return { process, cleanUp: () => removeWorkFolder(folder) };
  }
}

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
