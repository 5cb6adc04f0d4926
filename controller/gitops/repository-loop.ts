/**
 * Follows one repository: looks at its branch each interval, and at once when told. The loop is the truth, being told is
 * a hint. A round that is under way when a hint comes asks the remote between its steps whether a newer commit is there.
 */
import { type GitRepositorySpec, gitRepository } from "@polyglot/contracts";
import { type Clock, type Logger, Rounds } from "@polyglot/service";
import type { ControllerMetrics } from "../observe/metrics.ts";
import type { Database, Queryable } from "../store/database.ts";
import { type StoredObject, writeStatus } from "../store/objects.ts";
import {
  confirmPrune,
  type RecordedObject,
  readRepositoryOrders,
  recordRevision,
  releaseHold,
  type RepositoryOrders,
} from "../store/revisions.ts";
import { writeEvents } from "../store/events.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import type { CompilePool } from "./compile-pool.ts";
import type { DesiredObject } from "./desired.ts";
import type { GitMirror } from "./git-mirror.ts";
import type { GitMirrors } from "./git-mirrors.ts";
import { revisionOf } from "./git-revision.ts";
import { readHeldRevision } from "./held-revision.ts";
import type { Preparation } from "./preparation.ts";
import {
  parseStatus,
  progressing,
  type RepositoryState,
  type RoundEnd,
  resultOf,
  summarise,
} from "./repository-status.ts";
import { type CompiledCommit, type RoundAnswer, runRound, type Signers } from "./round.ts";

/** Wait after a round that could not be finished, for example because the store is away. */
const retryMs = 2_000;

/** Repositories of one URL share an answer of the remote that is at most so old. */
const shareOfInterval = 1 / 4;

export interface RepositoryLoopParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<ControllerMetrics, "countReconcile">;
  readonly preparation: Preparation;
  readonly plans: PlanCache;
  readonly compiler: CompilePool;
  readonly mirrors: GitMirrors;
  readonly assertOwner: (transaction: Queryable) => Promise<void>;
}

export class RepositoryLoop {
  readonly #parts: RepositoryLoopParts;
  readonly #rounds: Rounds;
  #repository: StoredObject;
  #spec: GitRepositorySpec;
  #mirror: GitMirror;
  #state: RepositoryState;
  #compiled: CompiledCommit | undefined;
  /** The newest revision that this loop has recorded. */
  #recorded: string | undefined;
  /** What the remote said before this does not count. */
  #hintedAt = -Infinity;
  #end: "keep" | "remove" = "keep";
  #closed = false;

  constructor(repository: StoredObject, parts: RepositoryLoopParts) {
    this.#parts = parts;
    this.#repository = repository;
    this.#spec = gitRepository.shape.spec.parse(repository.spec);
    this.#mirror = parts.mirrors.open(this.#spec);
    this.#state = { conditions: repository.conditions, status: parseStatus(repository.status) };
    const { clock, logger } = parts;
    this.#rounds = new Rounds({
      clock,
      round: async () => ((await this.#round()).kind === "superseded" ? 0 : this.#intervalMs),
      onError: (error) => {
        logger.warn({ error, repository: this.#repository.name }, "could not finish a reconcile");
        return Math.min(this.#intervalMs, retryMs);
      },
    });
  }

  start(): void {
    this.#rounds.start();
  }

  /** Resolves when nothing of it runs any more. What it keeps on disk is a cache and stays. */
  async stop(): Promise<void> {
    await this.#rounds.stop();
    this.#close(this.#end);
  }

  /** The repository's object is gone: its mirror goes too. */
  async retire(): Promise<void> {
    this.#end = "remove";
    await this.stop();
  }

  hint(): void {
    this.#hintedAt = this.#parts.clock.monotonic();
    this.#rounds.wake();
  }

  /** The object as the store has it now. */
  update(repository: StoredObject): void {
    if (repository.generation === this.#repository.generation) return;
    this.#repository = repository;
    const former = this.#spec;
    this.#spec = gitRepository.shape.spec.parse(repository.spec);
    this.#mirror = this.#parts.mirrors.open(this.#spec);
    this.#parts.mirrors.close(former, "remove");
    this.#compiled = undefined;
    this.hint();
  }

  get #intervalMs(): number {
    return this.#spec.intervalSeconds * 1000;
  }

  async #round(): Promise<RoundEnd> {
    const { clock, metrics } = this.#parts;
    const repository = this.#repository;
    const startedAt = clock.monotonic();
    const [orders] = await readRepositoryOrders(this.#parts.database, repository.name);
    const isSuspended = this.#spec.suspend || (orders?.suspended_by ?? null) !== null;
    const end = isSuspended ? ({ kind: "suspended" } as const) : await this.#look(orders);
    await this.#write(repository, summarise(this.#state, end, new Date(clock.now())), repository.generation);
    if (end.kind !== "suspended") metrics.countReconcile(resultOf(end), (clock.monotonic() - startedAt) / 1000);
    return end;
  }

  async #look(orders: RepositoryOrders | undefined): Promise<RoundEnd> {
    const { assertOwner, database, clock, preparation } = this.#parts;
    const repository = this.#repository;
    const mirror = this.#mirror;
    const { signal } = this.#rounds;
    const answer = await runRound(this.#compiled, {
      database,
      clock,
      preparation,
      assertOwner,
      source: {
        mirror,
        revision: revisionOf(this.#spec),
        read: this.#spec,
        since: this.#tipSince(),
        signers: () => this.#signers(),
      },
      signal,
      repository: repository.name,
      prune: this.#spec.prune,
      protect: this.#spec.protect,
      confirmedPrune: orders?.confirmed_prune ?? undefined,
      heals: this.#spec.drift === "heal",
      inForce: this.#inForce(repository),
      heldInsteadOf: (commit) => this.#heldInsteadOf(repository.name, commit, orders),
      compiler: this.#parts.compiler,
      onCommit: async (commit) => {
        const next = progressing(this.#state, commit, new Date(clock.now()));
        await this.#write(repository, next, repository.observed_generation);
      },
      isSuperseded: (commit) => this.#isSuperseded(mirror, commit),
    });
    if (repository.generation !== this.#repository.generation) return { kind: "superseded" };
    this.#compiled = answer.compiled;
    await this.#record(repository.name, answer);
    if (answer.end.kind === "applied" && (orders?.confirmed_prune ?? null) !== null) {
      // It counts once: what comes back and leaves again is looked at again.
      await confirmPrune(this.#parts.database, repository.name, null, new Date(clock.now()));
    }
    return answer.end;
  }

  /** With another spec of the repository the same commit may declare something else. */
  #inForce({ generation, observed_generation: observed }: StoredObject): string | undefined {
    return generation === observed ? this.#state.status.applied_revision : undefined;
  }

  /** A commit that is not quarantined ends a hold: it is newer than what was held for. */
  async #heldInsteadOf(
    repository: string,
    commit: string,
    orders: RepositoryOrders | undefined,
  ): Promise<CompiledCommit | undefined> {
    const held = orders?.held_revision ?? null;
    if (held === null) return undefined;
    if (orders?.quarantined.includes(commit) === true) return readHeldRevision(this.#parts, repository, held);
    await releaseHold(this.#parts.database, repository);
    return undefined;
  }

  /** What is in force as a whole can be gone back to; what was put back is told. */
  async #record(repository: string, { end, compiled }: RoundAnswer): Promise<void> {
    if (end.kind !== "applied") return;
    const { database, clock, assertOwner } = this.#parts;
    const { commit, healed = [] } = end;
    const isNew = compiled !== undefined && resultOf(end) === "applied" && this.#recorded !== commit;
    if (!isNew && healed.length === 0) return;
    const at = new Date(clock.now());
    await database.transaction(async (transaction) => {
      await assertOwner(transaction);
      if (isNew)
        await recordRevision(
          transaction,
          { repository, revision: commit, at },
          compiled.desired.objects.map(toRecorded),
        );
      const event = { kind: "GitRepository", namespace: "", name: repository };
      const events = healed.map((name) => ({ ...event, reason: "Healed", message: `put back ${name}` }));
      if (events.length > 0) await writeEvents(transaction, events, { repository, revision: commit }, at);
    });
    if (isNew) this.#recorded = commit;
  }

  /** The remote is asked only after a hint: without one, the next round sees what is new. */
  async #isSuperseded(mirror: GitMirror, commit: string): Promise<boolean> {
    if (!this.#rounds.isWoken) return false;
    const tip = await mirror.tip(revisionOf(this.#spec), this.#hintedAt, this.#rounds.signal);
    return tip.kind === "fetched" && tip.commit !== commit;
  }

  async #write(repository: StoredObject, next: RepositoryState, observedGeneration: number): Promise<void> {
    const same = JSON.stringify(next) === JSON.stringify(this.#state);
    if (same && repository.observed_generation === observedGeneration) return;
    const { assertOwner, database } = this.#parts;
    await database.transaction(async (transaction) => {
      await assertOwner(transaction);
      await writeStatus(transaction, { ...repository, ...next, observedGeneration });
    });
    this.#state = next;
    if (this.#repository.generation !== repository.generation) return;
    this.#repository = { ...this.#repository, observed_generation: observedGeneration };
  }

  /** A look that was asked for lately will do, unless a hint came since. */
  #tipSince(): number {
    const shareMs = this.#spec.intervalSeconds * 1000 * shareOfInterval;
    return Math.max(this.#hintedAt, this.#parts.clock.monotonic() - shareMs);
  }

  async #signers(): Promise<Signers> {
    const { verify } = this.#spec;
    if (verify === undefined) return { kind: "anybody" };
    const read = await this.#parts.mirrors.readSecret(verify.keysFrom, "KeysMissing");
    return read.kind === "value" ? { kind: "keys", keys: read.value } : read;
  }

  #close(end: "keep" | "remove"): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.mirrors.close(this.#spec, end);
  }
}

const toRecorded = ({ kind, namespace, name, spec, specDigest, file, line }: DesiredObject): RecordedObject => ({
  ...{ kind, namespace, name, spec, specDigest, file, line },
});
