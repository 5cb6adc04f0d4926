/**
 * A bare mirror of one branch or tag, without history, and the files of its newest commit. Git runs with a fixed list of
 * arguments, without the machine's or the user's configuration, hooks, submodules or a work tree: what the repository
 * holds is only ever read as blobs. It does not know what the files mean.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ignore from "ignore";
import { type SimpleGit, simpleGit } from "simple-git";
import { checkRepositoryUrl } from "./repository-url.ts";
import { chooseRef, type GitRevision, missingRefText, refPatterns, type RemoteRef } from "./git-revision.ts";
import { readTree, type TreeRead } from "./git-tree.ts";

const limits = {
  /** One look at the remote, or one fetch. */
  networkMs: 120_000,
  /** Reading the tree and its blobs. */
  readMs: 60_000,
  /** Text of git's own that goes into a message. */
  messageCharacters: 500,
} as const;

export interface GitMirrorOptions {
  readonly folder: string;
  readonly url: string;
  readonly revision: GitRevision;
  /** Folder of the repository to read. */
  readonly path: string;
  /** Patterns of `.gitignore` for files below it that are not read. */
  readonly ignore?: readonly string[];
  readonly allowFile: boolean;
  /** PATH to find git and ssh by. */
  readonly searchPath: string;
}

/** `refused` needs another spec before it can get better; `unreachable` may get better by itself. */
export type SourceProblem = {
  readonly kind: "refused" | "unreachable";
  readonly reason: string;
  readonly message: string;
};
export type Fetched = { readonly kind: "fetched"; readonly commit: string } | SourceProblem;

const localRef = "refs/polyglot/head";
const shaPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export class GitMirror {
  readonly #options: GitMirrorOptions;

  constructor(options: GitMirrorOptions) {
    this.#options = options;
  }

  /** Folder of the mirror of a repository object below the controller's data folder. */
  static folderOf(dataFolder: string, name: string, url: string): string {
    return join(dataFolder, "git", createHash("sha256").update(`${name}\n${url}`).digest("hex").slice(0, 32));
  }

  /** The newest commit, asked of the remote: nothing is transferred. */
  async tip(signal: AbortSignal): Promise<Fetched> {
    return this.#remotely(signal, async (git) => (await this.#find(git)).commit);
  }

  /** Brings the newest commit here; a rewritten branch and a moved tag are followed as they are. */
  async fetch(signal: AbortSignal): Promise<Fetched> {
    return this.#remotely(signal, async (git) => {
      const { url, revision } = this.#options;
      // The name of a branch or tag is known; the tag of a range has to be looked up.
      const ref = revision.kind === "semver" ? (await this.#find(git)).ref : (refPatterns(revision)[0] ?? "");
      const quiet = [
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
      ];
      await git.raw(["fetch", ...quiet, "--depth=1", "--force", "--", url, `+${ref}:${localRef}`]);
      return (await git.raw(["rev-parse", "--verify", "--end-of-options", `${localRef}^{commit}`])).trim();
    });
  }

  /** The files of the commit below the repository's path, as bytes, without those that its object says to ignore. */
  async read(commit: string, signal: AbortSignal): Promise<TreeRead> {
    if (!shaPattern.test(commit)) throw new Error(`'${commit}' is not a commit`);
    const { path, ignore: patterns = [] } = this.#options;
    const ignored = ignore().add([...patterns]);
    const git = (input?: string) => this.#git(signal, limits.readMs, input);
    return readTree(git, commit, path, (file) => !ignored.ignores(file));
  }

  async #find(git: SimpleGit): Promise<RemoteRef> {
    const { url, revision } = this.#options;
    const listing = await git.raw(["ls-remote", "--", url, ...refPatterns(revision)]);
    const found = chooseRef(revision, listing);
    if (found === undefined) throw new Error(missingRefText(revision));
    return found;
  }

  remove(): void {
    rmSync(this.#options.folder, { recursive: true, force: true });
  }

  async #remotely(signal: AbortSignal, work: (git: SimpleGit) => Promise<string>): Promise<Fetched> {
    const verdict = checkRepositoryUrl(this.#options.url, this.#options.allowFile);
    if (verdict.kind === "refused") return { kind: "refused", reason: "UrlRefused", message: verdict.message };
    try {
      await this.#create(signal);
      const commit = await work(this.#git(signal, limits.networkMs));
      if (!shaPattern.test(commit)) throw new Error(`git answered '${commit.slice(0, 100)}' instead of a commit`);
      return { kind: "fetched", commit };
    } catch (error) {
      signal.throwIfAborted();
      return { kind: "unreachable", reason: "FetchFailed", message: this.#explain(error) };
    }
  }

  async #create(signal: AbortSignal): Promise<void> {
    const { folder } = this.#options;
    if (existsSync(join(folder, "HEAD"))) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(this.#configurationFile, ownConfiguration, { mode: 0o600 });
    // Without a template there are no hooks.
    await this.#git(signal, limits.readMs).raw(["init", "--bare", "--quiet", "--template="]);
  }

  get #configurationFile(): string {
    return join(dirname(this.#options.folder), "gitconfig");
  }

  #git(signal: AbortSignal, timeMs: number, input?: string): SimpleGit {
    const environment = this.#environment();
    return simpleGit({
      baseDir: this.#options.folder,
      maxConcurrentProcesses: 1,
      abort: AbortSignal.any([signal, AbortSignal.timeout(timeMs)]),
      allowEnvironment: Object.keys(environment),
      // The three are set to our own values here, which is what the guard is about.
      unsafe: { allowUnsafeConfigPaths: true, allowUnsafeTemplateDir: true, allowUnsafeSshCommand: true },
      ...(input === undefined ? {} : { input: () => input }),
    }).env(environment);
  }

  #environment(): Record<string, string> {
    return {
      PATH: this.#options.searchPath,
      HOME: this.#options.folder,
      LC_ALL: "C.UTF-8",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: this.#configurationFile,
      GIT_TERMINAL_PROMPT: "0",
      GIT_ALLOW_PROTOCOL: this.#options.allowFile ? "https:ssh:file" : "https:ssh",
      GIT_SSH_COMMAND: "ssh -oBatchMode=yes -oStrictHostKeyChecking=yes",
    };
  }

  #explain(error: unknown): string {
    const text = (error instanceof Error ? error.message : String(error)).trim();
    if (/couldn't find remote ref/.test(text)) return missingRefText(this.#options.revision);
    return text === "" ? "git failed without a message" : text.slice(0, limits.messageCharacters);
  }
}

/**
 * Stands for the user's configuration. `safe.directory`: a repository on this machine may belong to another user, and
 * nothing of it is executed. Objects are checked before they are stored.
 */
const ownConfiguration = `[safe]
	directory = *
[core]
	hooksPath = /dev/null
[transfer]
	fsckObjects = true
[gc]
	auto = 0
[http]
	followRedirects = initial
	lowSpeedLimit = 1000
	lowSpeedTime = 30
`;
