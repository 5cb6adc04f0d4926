import { join } from "node:path";
import { EmbeddedPostgres } from "./postgres.ts";
import { ProgramLog, readPostgresWarning } from "./program-log.ts";
import type { Member } from "./supervised.ts";

export class PostgresMember implements Member {
  readonly name = "PostgreSQL";
  readonly #postgres: EmbeddedPostgres;
  readonly #log: ProgramLog;
  #started = false;

  constructor(dataFolder: string, onWarning: (line: string) => void) {
    const path = join(dataFolder, "logs", "postgres.log");
    this.#log = new ProgramLog({ name: this.name, path, readWarning: readPostgresWarning, onWarning });
    this.#postgres = new EmbeddedPostgres({
      folder: join(dataFolder, "postgres"),
      onLog: (line) => this.#log.write(line),
    });
  }

  get pid(): number | undefined {
    return this.#postgres.pid;
  }

  get url(): string {
    return this.#postgres.url();
  }

  async launch(): Promise<void> {
    await (this.#started ? this.#postgres.restart() : this.#postgres.start());
    this.#started = true;
  }

  ended(): Promise<string> {
    return this.#postgres.ended;
  }

  async stop(): Promise<void> {
    await this.#postgres.stop();
    this.#log.close();
  }
}
