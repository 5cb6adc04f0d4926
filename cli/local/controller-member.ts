import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Endpoint } from "../client/endpoint.ts";
import type { ChildProgram } from "./child-program.ts";
import { startProgram, whenReady } from "./program.ts";
import { ProgramLog, readProgramWarning } from "./program-log.ts";
import type { Member } from "./supervised.ts";

export interface ControllerMemberOptions {
  readonly dataFolder: string;
  /** Of the database; asked at each launch. */
  readonly databaseUrl: () => string;
  /** `HOST:PORT`; port 0 takes a free one at the first launch and keeps it. */
  readonly listen: string;
  readonly flags: readonly string[];
  readonly onWarning: (line: string) => void;
}

export class ControllerMember implements Member {
  readonly name = "controller";
  readonly #options: ControllerMemberOptions;
  readonly #folder: string;
  readonly #log: ProgramLog;
  #listen: string;
  #program: ChildProgram | undefined;
  #endpoint: Endpoint | undefined;
  #authorityFile = "";

  constructor(options: ControllerMemberOptions) {
    const { dataFolder, onWarning } = options;
    const path = join(dataFolder, "logs", "controller.log");
    this.#options = options;
    this.#folder = join(dataFolder, "controller");
    this.#log = new ProgramLog({ name: this.name, path, readWarning: readProgramWarning, onWarning });
    this.#listen = options.listen;
  }

  get endpoint(): Endpoint {
    if (this.#endpoint === undefined) throw new Error("the controller has not been started");
    return this.#endpoint;
  }

  /** Path of the authority that signed its certificate. */
  get authorityFile(): string {
    return this.#authorityFile;
  }

  get pid(): number | undefined {
    return this.#program?.pid;
  }

  async launch(): Promise<void> {
    const token = this.#token();
    this.#program = startProgram("controller", { args: this.#arguments(), onLog: (line) => this.#log.write(line) });
    const { url, ca } = await whenReady(this.#program);
    if (url === undefined || ca === undefined) throw new Error("the controller did not say where it is");
    this.#listen = new URL(url).host;
    this.#endpoint = { url, ca: readFileSync(ca, "utf8"), token, origin: "this system" };
    this.#authorityFile = ca;
  }

  ended(): Promise<string> {
    return this.#program?.ended ?? Promise.resolve("was not started");
  }

  async stop(): Promise<void> {
    await this.#program?.stop("SIGTERM");
    this.#log.close();
  }

  #arguments(): string[] {
    const { databaseUrl, flags } = this.#options;
    const places = ["--database-url", databaseUrl(), "--data-dir", this.#folder, "--listen", this.#listen];
    return [...places, "--local-token-file", this.#tokenFile, "--allow-file-repositories", ...flags];
  }

  get #tokenFile(): string {
    return join(this.#folder, "local-token");
  }

  /** The same over restarts, so that a terminal that has it can go on. */
  #token(): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    if (!existsSync(this.#tokenFile)) {
      writeFileSync(this.#tokenFile, randomBytes(32).toString("base64url"), { mode: 0o600 });
    }
    return readFileSync(this.#tokenFile, "utf8").trim();
  }
}
