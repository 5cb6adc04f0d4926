/**
 * A whole system on this machine: PostgreSQL, a controller and an agent, each a process of its own and a child of this
 * one. One that dies is started again; none outlives this process, however it ends.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Endpoint } from "../client/endpoint.ts";
import { removeEndpointFile, writeEndpointFile } from "../client/endpoint-file.ts";
import { AgentMember } from "./agent-member.ts";
import { ControllerMember } from "./controller-member.ts";
import { PostgresMember } from "./postgres-member.ts";
import { type Member, Supervised } from "./supervised.ts";

export interface SystemOptions {
  /** All that the system keeps: database, keys, logs. */
  readonly dataFolder: string;
  /** Where the file that tells commands of this system is written; default: `dataFolder`. */
  readonly endpointFolder?: string;
  /** Where relative patterns of file triggers start. */
  readonly dataRoot: string;
  /** `HOST:PORT`; port 0: a free one. */
  readonly listen: string;
  readonly agentFlags: readonly string[];
  /** Beyond those that say where things are. */
  readonly controllerFlags?: readonly string[];
  /** What a person should see: progress, warnings of the programs, ends that nobody asked for. */
  readonly onNews: (line: string) => void;
  /** Of `Supervised`: for one that is killed far more often than programs die by themselves. */
  readonly lastRestartDelayMs?: number;
}

export class LocalSystem {
  readonly #options: SystemOptions;
  readonly #endpointFolder: string;
  readonly #postgres: PostgresMember;
  readonly #controller: ControllerMember;
  readonly #agent: AgentMember;
  #running: Supervised[] = [];
  #isStopping = false;

  constructor(options: SystemOptions) {
    const { dataFolder, dataRoot, listen, agentFlags, controllerFlags = [], onNews } = options;
    prepare(dataFolder);
    this.#options = options;
    this.#endpointFolder = options.endpointFolder ?? dataFolder;
    if (this.#endpointFolder !== dataFolder) prepare(this.#endpointFolder);
    const onWarning = onNews;
    this.#postgres = new PostgresMember(dataFolder, onWarning);
    const databaseUrl = () => this.#postgres.url;
    this.#controller = new ControllerMember({ dataFolder, listen, flags: controllerFlags, databaseUrl, onWarning });
    const controller = this.#controller;
    this.#agent = new AgentMember({ dataFolder, dataRoot, flags: agentFlags, controller, onWarning });
  }

  /** Processes that run now; undefined for one that does not. */
  get pids(): { readonly [name in "postgres" | "controller" | "agent"]: number | undefined } {
    return { postgres: this.#postgres.pid, controller: this.#controller.pid, agent: this.#agent.pid };
  }

  /** For further controllers on the same store. */
  get databaseUrl(): string {
    return this.#postgres.url;
  }

  /** Ends when the agent can take work. A start that fails stops what had started. */
  async start(): Promise<Endpoint> {
    const { onNews } = this.#options;
    try {
      await this.#launch(this.#postgres);
      onNews("PostgreSQL is ready");
      await this.#launch(this.#controller);
      const { endpoint } = this.#controller;
      const { url, token, ca = "" } = endpoint;
      writeEndpointFile(this.#endpointFolder, { url, ca, token, pid: process.pid });
      onNews(`controller is ready at ${endpoint.url}`);
      await this.#launch(this.#agent);
      onNews(`agent ${this.#agent.agent} is ready`);
      return endpoint;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    removeEndpointFile(this.#endpointFolder, process.pid);
    for (const member of this.#running.splice(0).reverse()) await member.stop();
  }

  async #launch(member: Member): Promise<void> {
    if (this.#isStopping) throw new Error("stopped before all of it had started");
    const { onNews, lastRestartDelayMs } = this.#options;
    const delay = lastRestartDelayMs === undefined ? {} : { lastDelayMs: lastRestartDelayMs };
    const supervised = new Supervised(member, { onNews, ...delay });
    // Before it has started: a start that is interrupted leaves a process that has to be stopped.
    this.#running.push(supervised);
    try {
      await supervised.start();
    } catch (cause) {
      const logs = join(this.#options.dataFolder, "logs");
      throw new Error(`${member.name} did not start: ${(cause as Error).message} (logs in ${logs})`, { cause });
    }
  }
}

/** The folder keeps keys, so it is private, and it stays out of any repository that it lies in. */
function prepare(dataFolder: string): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(join(dataFolder, ".gitignore"), "*\n");
}
