/** A whole system on this machine, as `polyglot up` starts it, that is killed piece by piece while it works. */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient, type Endpoint, type PolyglotClient } from "@polyglot/cli/client";
import { ControllerMember } from "@polyglot/cli/local/controller-member";
import { AgentMember } from "@polyglot/cli/local/agent-member";
import { LocalSystem } from "@polyglot/cli/local/system";
import type { Execution } from "@polyglot/contracts/service";
import { hookSecret } from "./hook-sender.ts";
import { Journal } from "./journal.ts";
import { isAlive, leavesBelow, signal } from "./processes.ts";
import type { Random } from "./random.ts";
import { answered, Overdue, patienceMs, until } from "./wait.ts";

/** Folders of pipelines: steps that do what they are asked, and steps that do harm. */
export type ChaosPipelines = "work" | "user-code";

const namespace = "io.chaos>Work";

/** Restarts that the supervisor would put off, because programs that die by themselves do not die that often. */
const lastRestartDelayMs = 500;

export type Target = "agent" | "controller" | "postgres" | "worker";

export class ChaosWorld implements AsyncDisposable {
  /** Where user code writes, and where the agent watches for files. */
  readonly shared: string;
  readonly journal: Journal;
  readonly #folder: string;
  readonly #system: LocalSystem;
  /** Where the controller is reached. */
  readonly endpoint: Endpoint;
  readonly #api: ApiClient;
  readonly #news: readonly string[];
  #second: AgentMember | undefined;
  #twin: ControllerMember | undefined;

  private constructor(folder: string, system: LocalSystem, endpoint: Endpoint, news: readonly string[]) {
    this.#news = news;
    this.#folder = folder;
    this.#system = system;
    this.endpoint = endpoint;
    this.#api = new ApiClient(endpoint);
    this.shared = sharedFolder(folder);
    this.journal = new Journal(join(this.shared, "journal"));
  }

  static async start(onNews: (line: string) => void, pipelines: ChaosPipelines = "work"): Promise<ChaosWorld> {
    const folder = mkdtempSync(join(tmpdir(), "polyglot-chaos-"));
    chmodSync(folder, 0o755);
    const options = { dataFolder: join(folder, ".polyglot"), dataRoot: sharedFolder(folder), listen: "127.0.0.1:0" };
    mkdirSync(join(options.dataRoot, "inbox"), { recursive: true });
    for (const path of [options.dataRoot, join(options.dataRoot, "inbox")]) chmodSync(path, 0o777);
    const news: string[] = [];
    const keep = (line: string) => {
      news.push(line);
      onNews(line);
    };
    const system = new LocalSystem({
      ...options,
      agentFlags: ["--worker-memory-mb", "512"],
      onNews: keep,
      lastRestartDelayMs,
    });
    const world = new ChaosWorld(folder, system, await system.start(), news);
    await world.#apply(new URL(`./pipelines/${pipelines}/`, import.meta.url));
    return world;
  }

  /**
   * Programs that ended though nobody killed them: whatever happens to one, the others go on. One that cannot start yet,
   * because what it needs is not back, is no crash.
   */
  get crashes(): readonly string[] {
    return this.#news.filter((line) => /^\w+ ended with code /.test(line));
  }

  /** Answers as soon as there is one: what is not there yet is asked for again. */
  ask<Answer>(ask: (call: PolyglotClient) => Promise<Answer>): Promise<Answer> {
    return answered(() => ask(this.#api.call));
  }

  /** Of a pipeline of the work that is always there, or one with its own namespace. */
  pipelineId(name: string): string {
    return name.includes("#") ? name : `${namespace}#${name}`;
  }

  /** False when there was nothing to kill. */
  kill(target: Target, random: Random): boolean {
    return signal(target === "worker" ? this.#worker(random) : this.#system.pids[target], "SIGKILL");
  }

  get controllerPid(): number {
    return this.#system.pids.controller ?? 0;
  }

  /** Of the agent with this name. */
  agentPid(agentId: string): number | undefined {
    return agentId === this.#second?.agent ? this.#second.pid : this.#system.pids.agent;
  }

  /** Until every program runs and an agent has a stream. */
  async whole(): Promise<void> {
    const pids = () => Object.values(this.#system.pids);
    await until("all programs running", () => pids().every((pid) => pid !== undefined && isAlive(pid)));
    await this.connected(1);
  }

  async connected(count: number): Promise<void> {
    await until("agents connected", async () => {
      const { agents } = await this.ask((call) => call.listAgents({}, { timeoutMs: 10_000 }));
      return agents.filter((agent) => agent.state === "connected").length >= count;
    });
  }

  async startSecondAgent(): Promise<void> {
    const authorityFile = join(this.#folder, "authority.pem");
    writeFileSync(authorityFile, this.endpoint.ca ?? "");
    const second = new AgentMember({
      dataFolder: join(this.#folder, ".polyglot", "second"),
      dataRoot: join(this.shared, "inbox"),
      flags: ["--name", "second"],
      controller: { endpoint: this.endpoint, authorityFile },
      onWarning: () => undefined,
    });
    mkdirSync(join(this.#folder, ".polyglot", "second", "logs"), { recursive: true });
    await second.launch();
    this.#second = second;
    await this.connected(2);
  }

  /** Where the second controller is reached, and its process. */
  get twin(): { readonly endpoint: Endpoint; readonly pid: number } {
    if (this.#twin?.pid === undefined) throw new Error("there is no second controller");
    return { endpoint: this.#twin.endpoint, pid: this.#twin.pid };
  }

  /** A second controller on the same store, with the same authority, master key and token, that nobody starts again. */
  async startTwin(): Promise<void> {
    const dataFolder = join(this.#folder, ".polyglot", "twin");
    const [from, to] = [join(this.#folder, ".polyglot"), dataFolder].map((folder) => join(folder, "controller"));
    if (from === undefined || to === undefined) return;
    mkdirSync(join(dataFolder, "logs"), { recursive: true });
    mkdirSync(join(to, "authority"), { recursive: true });
    for (const key of ["authority/ca.pem", "authority/ca.key", "secrets.key", "local-token"])
      copyFileSync(join(from, key), join(to, key));
    const databaseUrl = () => this.#system.databaseUrl;
    this.#twin ??= new ControllerMember({
      dataFolder,
      listen: "127.0.0.1:0",
      flags: [],
      databaseUrl,
      onWarning: ignore,
    });
    await this.#twin.launch();
  }

  /** The execution once it has an outcome; `Overdue` where it has none by `deadline`, of `performance.now()`. */
  async outcome(executionId: string, deadline = performance.now() + patienceMs): Promise<Execution> {
    for (;;) {
      const timeoutSeconds = Math.max(0, Math.min(20, (deadline - performance.now()) / 1_000));
      const execution = await this.ask((call) =>
        call.waitExecution({ executionId, timeoutSeconds }, { timeoutMs: 30_000 }),
      );
      if (execution.state !== "waiting" && execution.state !== "running") return execution;
      if (performance.now() >= deadline) throw new Overdue(`it is ${execution.state} and has no outcome`);
    }
  }

  /** Every execution of a pipeline, newest first. */
  async executions(name: string): Promise<readonly Execution[]> {
    const all: Execution[] = [];
    for (;;) {
      const before = all.at(-1)?.executionId ?? "";
      const { executions } = await this.ask((call) =>
        call.listExecutions({ pipelineId: this.pipelineId(name), limit: 1000, before }),
      );
      all.push(...executions);
      if (executions.length < 1000) return all;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#api.close();
    await this.#second?.stop();
    if (this.#twin?.pid !== undefined) signal(this.#twin.pid, "SIGCONT");
    await this.#twin?.stop();
    await this.#system.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #worker(random: Random): number | undefined {
    const { agent } = this.#system.pids;
    const [first, ...rest] = agent === undefined ? [] : leavesBelow(agent);
    return first === undefined ? undefined : random.pick([first, ...rest]);
  }

  async #apply(pipelines: URL): Promise<void> {
    const own = readdirSync(pipelines).map((path) => ({ path, content: readFileSync(new URL(path, pipelines)) }));
    const files = [...own, { path: "journal.py", content: readFileSync(new URL("../journal.py", pipelines)) }];
    const { diagnostics } = await this.#api.call.apply({ files });
    const error = diagnostics.find((one) => one.severity === "error");
    if (error !== undefined) throw new Error(error.message);
    await this.#api.call.setSecret({ name: "chaos-hook", value: Buffer.from(hookSecret) });
  }
}

const ignore = (): void => undefined;

const sharedFolder = (folder: string): string => join(folder, "shared");
