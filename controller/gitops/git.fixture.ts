/** A real repository in a folder of its own, for tests. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export class GitFixture implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "polyglot-git-"));

  constructor() {
    this.git("init", "--quiet", "--initial-branch=main");
  }

  get url(): string {
    return `file://${this.folder}`;
  }

  /** Writes the files (null removes one) and commits. Answers the commit. */
  commit(files: Readonly<Record<string, string | Uint8Array | null>>, ...options: string[]): string {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      if (content === null) rmSync(file);
      else writeFileSync(file, content);
    }
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message=change", ...options);
    return this.git("rev-parse", "HEAD").trim();
  }

  git(...parameters: string[]): string {
    const environment = {
      PATH: process.env.PATH ?? "",
      HOME: this.folder,
      GNUPGHOME: process.env["GNUPGHOME"] ?? this.folder,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "test",
      GIT_AUTHOR_EMAIL: "test@example.com",
      GIT_COMMITTER_NAME: "test",
      GIT_COMMITTER_EMAIL: "test@example.com",
    };
    return execFileSync("git", parameters, { cwd: this.folder, env: environment, encoding: "utf8" });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
