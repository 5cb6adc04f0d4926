/**
 * A PostgreSQL of our own: binaries from npm, one data folder with one owner, a Unix socket in a private folder and no
 * TCP. It ends with the process that started it. Entry `@polyglot/cli/local/postgres`, used by tests and bench as well.
 */
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { ChildProgram } from "./child-program.ts";
import { FolderLock } from "./folder-lock.ts";
import { findPostgresBinaries } from "./postgres-binaries.ts";
import { clearLeftovers, createCluster, postgresDatabase, postgresUser } from "./postgres-folder.ts";
import { createSocketFolder, removeSocketFolder } from "./socket-folder.ts";
import { tether, withoutRoot } from "./tether.ts";

export interface PostgresOptions {
  /** Holds the cluster, its lock and nothing else. Made where it is missing. */
  readonly folder: string;
  /** Server settings, e.g. `{ max_connections: "200" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server's own log, a line at a time. */
  readonly onLog?: (line: string) => void;
}

export class EmbeddedPostgres {
  readonly #options: PostgresOptions;
  #lock: FolderLock | undefined;
  #sockets: string | undefined;
  #server: ChildProgram | undefined;

  constructor(options: PostgresOptions) {
    this.#options = options;
  }

  /** Ends when the server accepts connections. A start that fails leaves nothing behind. */
  async start(): Promise<void> {
    try {
      mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 });
      this.#lock = this.#takeLock();
      this.#sockets = createSocketFolder(this.#options.folder);
      await this.restart();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Starts a server that has ended by itself once more, at the same address. */
  async restart(): Promise<void> {
    const binaries = findPostgresBinaries();
    // As the kernel shows it: the mark of a server that is left over is compared with this.
    const cluster = join(realpathSync(this.#options.folder), "cluster");
    createCluster(binaries, cluster);
    await clearLeftovers(cluster);
    const command = withoutRoot(tether([binaries.postgres, ...this.#arguments(cluster)], "INT"));
    this.#server = new ChildProgram(command, { ...(this.#options.onLog && { onLog: this.#options.onLog }) });
    await this.#server.line((line) => line.includes("database system is ready to accept connections"));
  }

  /** A connection string with a socket's folder in place of a host, as `pg` takes it. */
  url(database = postgresDatabase): string {
    if (this.#sockets === undefined) throw new Error("PostgreSQL has not been started");
    return `postgres:///${database}?host=${this.#sockets}&user=${postgresUser}`;
  }

  get pid(): number | undefined {
    return this.#server?.pid;
  }

  /** How the server ended, whoever ended it. */
  get ended(): Promise<string> {
    return this.#server?.ended ?? Promise.resolve("was not started");
  }

  /** Sessions are cut, what they committed is kept. */
  async stop(): Promise<void> {
    await this.#server?.stop("SIGINT");
    if (this.#sockets !== undefined) removeSocketFolder(this.#options.folder);
    this.#lock?.release();
    this.#server = this.#sockets = this.#lock = undefined;
  }

  #takeLock(): FolderLock {
    const result = FolderLock.acquire(this.#options.folder);
    if (result.kind === "locked") return result.lock;
    throw new Error(`${this.#options.folder} is in use by process ${result.pid}`);
  }

  #arguments(cluster: string): string[] {
    const settings = { listen_addresses: "", unix_socket_permissions: "0700", ...this.#options.settings };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    return ["-D", cluster, "-k", this.#sockets ?? "", ...flags];
  }
}
