import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withClient } from "../client/api-client.ts";
import type { Endpoint } from "../client/endpoint.ts";
import type { ChildProgram } from "./child-program.ts";
import { startProgram, whenReady } from "./program.ts";
import { ProgramLog, readProgramWarning } from "./program-log.ts";
import type { Member } from "./supervised.ts";

export interface AgentMemberOptions {
  readonly dataFolder: string;
  /** Where relative patterns of file triggers start. */
  readonly dataRoot: string;
  /** Further flags of the agent's own. */
  readonly flags: readonly string[];
  readonly controller: { readonly endpoint: Endpoint; readonly authorityFile: string };
  readonly onWarning: (line: string) => void;
}

/** Seconds in which the agent has to have joined. */
const joinSeconds = 300;

export class AgentMember implements Member {
  readonly name = "agent";
  readonly #options: AgentMemberOptions;
  readonly #folder: string;
  readonly #log: ProgramLog;
  #program: ChildProgram | undefined;
  #agent = "";

  constructor(options: AgentMemberOptions) {
    const { dataFolder, onWarning } = options;
    const path = join(dataFolder, "logs", "agent.log");
    this.#options = options;
    this.#folder = join(dataFolder, "agent");
    this.#log = new ProgramLog({ name: this.name, path, readWarning: readProgramWarning, onWarning });
  }

  /** The name under which the controller knows it. */
  get agent(): string {
    return this.#agent;
  }

  get pid(): number | undefined {
    return this.#program?.pid;
  }

  /** With a token each time: an agent that was killed before it had joined needs another. */
  async launch(): Promise<void> {
    const { controller, dataRoot, flags } = this.#options;
    const tokenFile = await this.#writeToken();
    const where = [
      "--controller",
      controller.endpoint.url,
      "--ca",
      controller.authorityFile,
      "--token-file",
      tokenFile,
    ];
    const folders = ["--data-dir", this.#folder, "--data-root", dataRoot];
    try {
      const args = [...where, ...folders, ...flags];
      this.#program = startProgram("agent", { args, onLog: (line) => this.#log.write(line) });
      this.#agent = (await whenReady(this.#program)).agent ?? "";
    } finally {
      rmSync(tokenFile, { force: true });
    }
  }

  ended(): Promise<string> {
    return this.#program?.ended ?? Promise.resolve("was not started");
  }

  async stop(): Promise<void> {
    await this.#program?.stop("SIGTERM");
    this.#log.close();
  }

  async #writeToken(): Promise<string> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, "join-token");
    const { token } = await withClient(this.#options.controller.endpoint, (call) =>
      call.createJoinToken({ validSeconds: joinSeconds }),
    );
    writeFileSync(path, token, { mode: 0o600 });
    return path;
  }
}
