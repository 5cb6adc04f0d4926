/** The mirrors of this controller: one for each repository and way to reach it, however many objects follow it. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { GitRepositorySpec } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { SecretSources } from "../secrets/secret-sources.ts";
import type { Queryable } from "../store/database.ts";
import { readSecrets } from "../store/secrets.ts";
import { type GitCredentials, parseGitCredentials } from "./git-credentials.ts";
import { GitMirror } from "./git-mirror.ts";
import type { SourceProblem } from "./git-problem.ts";

export interface GitMirrorParts {
  readonly database: Queryable;
  readonly clock: Pick<Clock, "monotonic">;
  readonly dataFolder: string;
  readonly allowFile: boolean;
  /** PATH to find git and ssh by. */
  readonly searchPath: string;
  readonly secrets: Pick<SecretSources, "read">;
}

export type GitPlace = Pick<GitRepositorySpec, "url" | "credentialsFrom" | "knownHosts" | "certificates">;

interface Kept {
  readonly mirror: GitMirror;
  users: number;
}

export class GitMirrors {
  readonly #parts: GitMirrorParts;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: GitMirrorParts) {
    this.#parts = parts;
  }

  /** To be given back with `close`. */
  open(place: GitPlace): GitMirror {
    const key = keyOf(place);
    const kept = this.#kept.get(key) ?? { mirror: this.#create(place, key), users: 0 };
    kept.users += 1;
    this.#kept.set(key, kept);
    return kept.mirror;
  }

  /** What lies on disk is a cache and stays, unless nobody follows the repository any more. */
  close(place: GitPlace, end: "keep" | "remove"): void {
    const key = keyOf(place);
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    kept.users -= 1;
    if (kept.users > 0) return;
    this.#kept.delete(key);
    if (end === "remove") kept.mirror.remove();
  }

  /** The value of a secret, or why there is none. */
  async readSecret(
    name: string,
    reason: string,
  ): Promise<{ readonly kind: "value"; readonly value: string } | SourceProblem> {
    const [stored] = await readSecrets(this.#parts.database, name);
    const read = await this.#parts.secrets.read(name, stored ?? { spec: undefined, value: undefined });
    return read.kind === "value" ? read : { kind: "refused", reason, message: read.message };
  }

  #create(place: GitPlace, key: string): GitMirror {
    const { dataFolder, allowFile, searchPath, clock } = this.#parts;
    const { url, credentialsFrom, knownHosts, certificates } = place;
    return new GitMirror({
      folder: join(dataFolder, "git", key),
      now: () => clock.monotonic(),
      ...{ url, allowFile, searchPath },
      ...(knownHosts !== undefined && { knownHosts }),
      ...(certificates !== undefined && { certificates }),
      ...(credentialsFrom !== undefined && { credentials: () => this.#credentials(credentialsFrom, url) }),
    });
  }

  async #credentials(name: string, url: string): Promise<GitCredentials | SourceProblem> {
    const read = await this.readSecret(name, "CredentialsMissing");
    if (read.kind !== "value") return read;
    const parsed = parseGitCredentials(read.value, url);
    if (parsed.kind !== "problem") return parsed;
    return { kind: "refused", reason: "CredentialsUnusable", message: `secret '${name}': ${parsed.message}` };
  }
}

/** Who may not ask the remote does not see what another was given by it. */
function keyOf({ url, credentialsFrom, knownHosts, certificates }: GitPlace): string {
  const text = JSON.stringify([url, credentialsFrom, knownHosts, certificates]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
