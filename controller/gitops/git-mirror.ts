/**
 * A bare mirror of one repository, without history, shared by all objects that follow it: whoever asks the remote for the
 * same thing at the same time gets the same answer. Git runs with a fixed list of arguments, without the machine's or the
 * user's configuration, hooks, submodules or a work tree: what the repository holds is only ever read as blobs. It does
 * not know what the files mean.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import ignore from "ignore";
import { type SimpleGit, simpleGit } from "simple-git";
import { type AccessOptions, type Environment, localEnvironment, withAccess } from "./git-access.ts";
import type { GitCredentials } from "./git-credentials.ts";
import { type SourceProblem, toProblem } from "./git-problem.ts";
import { chooseRef, type GitRevision, missingRefText, refPatterns, type RemoteRef } from "./git-revision.ts";
import { checkSignature, type SignatureVerdict } from "./git-signature.ts";
import { readTree, type TreeRead } from "./git-tree.ts";
import { checkRepositoryUrl } from "./repository-url.ts";

const limits = {
  /** One look at the remote, or one fetch. */
  networkMs: 120_000,
  /** Reading the tree and its blobs. */
  readMs: 60_000,
  /** Answers of the remote that are remembered. */
  tips: 1_000,
} as const;

export interface GitMirrorOptions extends Omit<AccessOptions, "folder"> {
  readonly folder: string;
  readonly url: string;
  /** Read anew each time, so that what was rotated counts at once. */
  readonly credentials?: () => Promise<GitCredentials | SourceProblem | undefined>;
  readonly now: () => number;
}

/** What of a commit is read. */
export interface ReadOptions {
  /** Folder of the repository. */
  readonly path: string;
  /** Patterns of `.gitignore` for files below it that are not read. */
  readonly ignore?: readonly string[];
}

export type Fetched = { readonly kind: "fetched"; readonly commit: string } | SourceProblem;

interface Tip {
  readonly askedAt: number;
  readonly answer: Promise<Fetched>;
}

const shaPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export class GitMirror {
  readonly #options: GitMirrorOptions;
  readonly #tips = new Map<string, Tip>();
  readonly #environment: Environment;
  /** One writer at a time. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: GitMirrorOptions) {
    this.#options = options;
    this.#environment = localEnvironment(this.#access);
  }

  /** The newest commit, asked of the remote: nothing is transferred. An answer that was asked for since then will do. */
  async tip(revision: GitRevision, since: number, signal: AbortSignal): Promise<Fetched> {
    const key = JSON.stringify(revision);
    const known = this.#tips.get(key);
    const shared =
      known !== undefined && known.askedAt >= since ? await known.answer.catch(() => undefined) : undefined;
    signal.throwIfAborted();
    if (shared?.kind === "fetched") return shared;
    const answer = this.#remotely(signal, revision, async (git) => (await this.#find(git, revision)).commit);
    if (this.#tips.size >= limits.tips) this.#tips.clear();
    this.#tips.set(key, { askedAt: this.#options.now(), answer });
    return answer;
  }

  /** Brings the newest commit here, unless `expected` is it and is here already; a rewritten branch is followed as it is. */
  async fetch(revision: GitRevision, expected: string | undefined, signal: AbortSignal): Promise<Fetched> {
    const work = this.#writing.then(async (): Promise<Fetched> => {
      if (expected !== undefined && (await this.#has(expected, signal))) return { kind: "fetched", commit: expected };
      return this.#remotely(signal, revision, (git) => this.#bring(git, revision));
    });
    this.#writing = work.catch(() => undefined);
    return work;
  }

  /** The files of the commit, as bytes, without those that are to be ignored. */
  async read(commit: string, { path, ignore: patterns = [] }: ReadOptions, signal: AbortSignal): Promise<TreeRead> {
    assertCommit(commit);
    const ignored = ignore().add([...patterns]);
    const git = (input?: string) => this.#git(this.#environment, signal, limits.readMs, input);
    return readTree(git, commit, path, (file) => !ignored.ignores(file));
  }

  /** Whether one of the keys has signed the commit. */
  async verify(commit: string, keys: string, signal: AbortSignal): Promise<SignatureVerdict> {
    assertCommit(commit);
    const folder = this.#access.folder;
    const git = (environment: Environment) => this.#git(environment, signal, limits.readMs);
    return checkSignature({ commit, keys, folder, environment: this.#environment, git });
  }

  remove(): void {
    rmSync(this.#options.folder, { recursive: true, force: true });
  }

  /** Temporary files lie beside the mirrors. */
  get #access(): AccessOptions {
    return { ...this.#options, folder: dirname(this.#options.folder) };
  }

  async #has(commit: string, signal: AbortSignal): Promise<boolean> {
    assertCommit(commit);
    if (!this.#exists) return false;
    const git = this.#git(this.#environment, signal, limits.readMs);
    return git.raw(["cat-file", "-e", `${commit}^{tree}`]).then(
      () => true,
      () => false,
    );
  }

  async #bring(git: SimpleGit, revision: GitRevision): Promise<string> {
    // The name of a branch or tag is known; the tag of a range has to be looked up.
    const ref = revision.kind === "semver" ? (await this.#find(git, revision)).ref : (refPatterns(revision)[0] ?? "");
    const local = `refs/polyglot/${createHash("sha256").update(JSON.stringify(revision)).digest("hex").slice(0, 32)}`;
    const quiet = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"];
    await git.raw(["fetch", ...quiet, "--depth=1", "--force", "--", this.#options.url, `+${ref}:${local}`]);
    return (await git.raw(["rev-parse", "--verify", "--end-of-options", `${local}^{commit}`])).trim();
  }

  async #find(git: SimpleGit, revision: GitRevision): Promise<RemoteRef> {
    const listing = await git.raw(["ls-remote", "--", this.#options.url, ...refPatterns(revision)]);
    const found = chooseRef(revision, listing);
    if (found === undefined) throw new Error(missingRefText(revision));
    return found;
  }

  async #remotely(
    signal: AbortSignal,
    revision: GitRevision,
    work: (git: SimpleGit) => Promise<string>,
  ): Promise<Fetched> {
    const { url, allowFile, credentials: readCredentials } = this.#options;
    const verdict = checkRepositoryUrl(url, allowFile);
    if (verdict.kind === "refused") return { kind: "refused", reason: "UrlRefused", message: verdict.message };
    const credentials = await readCredentials?.();
    if (credentials !== undefined && "reason" in credentials) return credentials;
    try {
      await this.#create(signal);
      const commit = await withAccess(this.#access, credentials, (environment) =>
        work(this.#git(environment, signal, limits.networkMs)),
      );
      assertCommit(commit);
      return { kind: "fetched", commit };
    } catch (error) {
      signal.throwIfAborted();
      return toProblem(error, revision);
    }
  }

  get #exists(): boolean {
    return existsSync(join(this.#options.folder, "HEAD"));
  }

  async #create(signal: AbortSignal): Promise<void> {
    if (this.#exists) return;
    mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 });
    // Without a template there are no hooks.
    const git = this.#git(this.#environment, signal, limits.readMs);
    await git.raw(["init", "--bare", "--quiet", "--template="]);
  }

  #git(environment: Environment, signal: AbortSignal, timeMs: number, input?: string): SimpleGit {
    return simpleGit({
      baseDir: this.#options.folder,
      maxConcurrentProcesses: 1,
      abort: AbortSignal.any([signal, AbortSignal.timeout(timeMs)]),
      allowEnvironment: Object.keys(environment),
      // They are set to our own values here, which is what the guard is about.
      unsafe: {
        allowUnsafeAskPass: true,
        allowUnsafeConfigPaths: true,
        allowUnsafeSshCommand: true,
        allowUnsafeTemplateDir: true,
      },
      ...(input === undefined ? {} : { input: () => input }),
    }).env(environment);
  }
}

function assertCommit(commit: string): void {
  if (!shaPattern.test(commit)) throw new Error(`'${commit.slice(0, 100)}' is not a commit`);
}
