import { execFile } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Nobody's own settings: no hooks, no signing, a name that is the example's. */
const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Quickstart",
  GIT_AUTHOR_EMAIL: "quickstart@example.com",
  GIT_COMMITTER_NAME: "Quickstart",
  GIT_COMMITTER_EMAIL: "quickstart@example.com",
};

/** A bare repository, as a server would hold it, and a clone of it, as a developer would. */
export class Repository {
  readonly #bare: string;
  readonly #clone: string;

  constructor(folder: string) {
    this.#bare = join(folder, "orders.git");
    this.#clone = join(folder, "clone");
  }

  get url(): string {
    return pathToFileURL(this.#bare).href;
  }

  async create(): Promise<void> {
    mkdirSync(this.#bare);
    await this.#git(this.#bare, "init", "--quiet", "--bare", "--initial-branch=main");
    mkdirSync(this.#clone);
    await this.#git(this.#clone, "init", "--quiet", "--initial-branch=main");
    await this.#git(this.#clone, "remote", "add", "origin", this.#bare);
  }

  /** Lays the files of a folder over the clone, commits and pushes; answers the revision. */
  async push(files: string, message: string): Promise<string> {
    cpSync(files, this.#clone, { recursive: true });
    await this.#git(this.#clone, "add", "--all");
    await this.#git(this.#clone, "commit", "--quiet", "--message", message);
    await this.#git(this.#clone, "push", "--quiet", "origin", "main");
    return this.#git(this.#clone, "rev-parse", "HEAD");
  }

  async #git(cwd: string, ...args: string[]): Promise<string> {
    return (await run("git", args, { cwd, env })).stdout.trim();
  }
}
