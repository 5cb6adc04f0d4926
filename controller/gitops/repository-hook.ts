/**
 * `/reconcile/NAME`: a git server says that something was pushed. It is a hint and no more: nothing of the body counts, and
 * the remote is asked as at any other look. Nobody learns whether a repository has a hook by asking without a signature.
 */
import { randomBytes } from "node:crypto";
import { gitRepository, type GitRepositorySpec } from "@polyglot/contracts";
import type { Clock } from "@polyglot/service";
import type { Queryable } from "../store/database.ts";
import { readObjectsOfKind } from "../store/objects.ts";
import { Refused, type TriggerAnswer, type TriggerRequest } from "../triggers/endpoints/trigger-request.ts";
import { providers } from "../triggers/webhooks/index.ts";
import { verifySignature } from "../triggers/webhooks/signature.ts";
import type { GitMirrors } from "./git-mirrors.ts";
import type { Reconciler } from "./reconciler.ts";

const limits = {
  /** What GitHub sends at most. */
  bodyBytes: 25 * 1024 * 1024,
  /** How long a look-up serves others: a request must not cost a query each. */
  keepMs: 5_000,
} as const;

export interface RepositoryHookParts {
  readonly database: Queryable;
  readonly mirrors: Pick<GitMirrors, "readSecret">;
  readonly reconciler: Pick<Reconciler, "ask">;
  readonly clock: Clock;
}

interface Hook {
  readonly provider: NonNullable<GitRepositorySpec["webhook"]>["provider"];
  readonly secrets: readonly string[];
  /** Those that follow the same URL. */
  readonly repositories: readonly string[];
}

/** Takes the place of the secret of a repository that has none: it costs as much time to be refused there. */
const nobody: Hook = { provider: "hmac", secrets: [randomBytes(32).toString("base64")], repositories: [] };

export class RepositoryHook {
  readonly #parts: RepositoryHookParts;
  #kept: { readonly hooks: Promise<ReadonlyMap<string, Hook>>; readonly untilMs: number } | undefined;

  constructor(parts: RepositoryHookParts) {
    this.#parts = parts;
  }

  /** `path`: below `/reconcile`. Throws `Refused`, and what the store throws. */
  async answer(request: Pick<TriggerRequest, "method" | "path" | "headers" | "readBody">): Promise<TriggerAnswer> {
    if (request.method !== "POST") throw notSigned();
    const body = await request.readBody(limits.bodyBytes);
    const hook = (await this.#hooks()).get(request.path.slice(1)) ?? nobody;
    const { headers } = request;
    const verdict = verifySignature(providers[hook.provider], { headers, body }, hook.secrets, this.#parts.clock.now());
    if (verdict !== "good" || hook === nobody) throw notSigned();
    for (const repository of hook.repositories) await this.#parts.reconciler.ask(repository);
    return { status: 202, body: { repositories: hook.repositories } };
  }

  #hooks(): Promise<ReadonlyMap<string, Hook>> {
    const now = this.#parts.clock.monotonic();
    if (this.#kept !== undefined && this.#kept.untilMs > now) return this.#kept.hooks;
    const hooks = this.#read();
    this.#kept = { hooks, untilMs: now + limits.keepMs };
    hooks.catch(() => {
      this.#kept = undefined;
    });
    return hooks;
  }

  async #read(): Promise<ReadonlyMap<string, Hook>> {
    const objects = await readObjectsOfKind(this.#parts.database, "GitRepository");
    const all = objects.map(({ name, spec }) => ({ name, spec: gitRepository.shape.spec.parse(spec) }));
    const hooks = new Map<string, Hook>();
    for (const { name, spec } of all) {
      if (spec.webhook === undefined) continue;
      const { provider, secretFrom } = spec.webhook;
      const read = await this.#parts.mirrors.readSecret(secretFrom, "SecretMissing");
      const repositories = all.filter((other) => other.spec.url === spec.url).map((other) => other.name);
      hooks.set(name, { provider, repositories, secrets: read.kind === "value" ? [read.value] : nobody.secrets });
    }
    return hooks;
  }
}

const notSigned = (): Refused => new Refused(401, "auth/invalid", "no repository's webhook has that signature");
