/**
 * Keeps one loop per GitRepository while this controller holds the shard `gitops`, and none otherwise. Each write of a
 * loop asserts the term at which the shard is held.
 */
import { BackgroundTasks, Coalesced, type Service } from "@polyglot/service";
import type { ShardHolder } from "../leader/shard-holder.ts";
import type { Queryable } from "../store/database.ts";
import { askReconcile, holdsTerm, objectsChannel, readObjectsOfKind, reconcileChannel } from "../store/objects.ts";
import { RepositoryLoop, type RepositoryLoopParts } from "./repository-loop.ts";

const shard = "gitops";

/** Another controller reconciles by now: what was under way here is dropped. */
export class ShardLost extends Error {
  override readonly name = "ShardLost";
}

export class Reconciler implements Service {
  readonly name = "reconciler";
  readonly #parts: Omit<RepositoryLoopParts, "assertOwner">;
  readonly #holder: ShardHolder;
  readonly #loops = new Map<string, RepositoryLoop>();
  readonly #tasks: BackgroundTasks;
  readonly #stoppers: (() => void)[] = [];
  #term: number | undefined;
  readonly #syncing = new Coalesced(() => this.#sync());
  #stopped = true;

  constructor(parts: Omit<RepositoryLoopParts, "assertOwner">, holder: ShardHolder) {
    this.#parts = parts;
    this.#holder = holder;
    this.#tasks = new BackgroundTasks((error) => parts.logger.warn({ error }, "could not read the repositories"));
  }

  async start(): Promise<void> {
    this.#stopped = false;
    const { database } = this.#parts;
    const sync = () => this.#tasks.add(this.sync());
    this.#stoppers.push(
      this.#holder.onChange(sync),
      await database.listen(objectsChannel, (kind) => {
        if (kind === undefined || kind === "GitRepository") sync();
      }),
      await database.listen(reconcileChannel, (name) => this.hint(name ?? "")),
    );
    await this.sync();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const stop of this.#stoppers.splice(0)) stop();
    await this.#tasks.drain();
    await this.#stopLoops();
  }

  /** Asks whichever controller reconciles to look now; an empty name means all repositories. */
  async ask(repository: string): Promise<void> {
    await askReconcile(this.#parts.database, repository);
  }

  /** Looks now at what this controller reconciles; an empty name means all repositories. */
  hint(repository: string): void {
    for (const [name, loop] of this.#loops) if (repository === "" || name === repository) loop.hint();
  }

  /** Brings the loops in line with the store. A call while one is under way is answered by the one after it. */
  async sync(): Promise<void> {
    await this.#syncing.run();
  }

  async #sync(): Promise<void> {
    if (this.#stopped) return;
    const term = this.#holder.termOf(shard);
    if (term !== this.#term) await this.#stopLoops();
    this.#term = term;
    if (term !== undefined) await this.#follow(term);
  }

  async #follow(term: number): Promise<void> {
    const repositories = await readObjectsOfKind(this.#parts.database, "GitRepository");
    const names = new Set(repositories.map((repository) => repository.name));
    for (const [name, loop] of this.#loops) {
      if (names.has(name)) continue;
      this.#loops.delete(name);
      await loop.retire();
    }
    for (const repository of repositories) {
      const loop = this.#loops.get(repository.name);
      if (loop !== undefined) {
        loop.update(repository);
        continue;
      }
      const fresh = new RepositoryLoop(repository, { ...this.#parts, assertOwner: (tx) => this.#assert(tx, term) });
      this.#loops.set(repository.name, fresh);
      fresh.start();
    }
  }

  async #assert(transaction: Queryable, term: number): Promise<void> {
    if (await holdsTerm(transaction, shard, this.#holder.controllerId, term)) return;
    throw new ShardLost(`the shard '${shard}' is not held at term ${term} any more`);
  }

  async #stopLoops(): Promise<void> {
    const loops = [...this.#loops.values()];
    this.#loops.clear();
    await Promise.all(loops.map((loop) => loop.stop()));
  }
}
