/**
 * Activates what conditions alone activate, on the controller that holds the namespace's shard: a pipeline that waits for
 * conditions only, once each time all of them come to hold on a host, and a condition beside events under `T.Any`.
 *
 *     (not used) ──holds──> used, in the transaction of the activation ──is seen not to hold──> (not used)
 *
 * A host that is away says nothing, so what it was used for stays used.
 */
import { splitPipelineId } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger, type Service } from "@polyglot/service";
import type { ShardHolder } from "../../leader/shard-holder.ts";
import { shardOfTriggers, triggerShards } from "../../leader/shard-names.ts";
import { insertActivations } from "../../store/activations.ts";
import {
  type ConditionUse,
  endConditionUses,
  readConditionStates,
  readConditionUses,
  removeConditionStates,
  useConditions,
  writeConditionStates,
} from "../../store/conditions.ts";
import type { Database, Queryable } from "../../store/database.ts";
import { holdsTerm } from "../../store/objects.ts";
import type { PolicyBook } from "../../policies/policy-book.ts";
import type { Activator } from "../activator.ts";
import type { Catalog, RegisteredPipeline } from "../catalog.ts";
import { contextOfUnits, inputsOfUnits } from "../context.ts";
import { type Need, needsOf } from "../needs.ts";
import type { Occurrences } from "../occurrences.ts";
import type { ConditionBook } from "./condition-book.ts";
import { conditionOf, everywhere } from "./condition.ts";
import { type Held, heldSites, telling } from "./held.ts";

const limits = {
  /** The longest sleep: a queue that takes activations again is noticed after it. */
  sleepMs: 10_000,
  /** After a store that did not answer. */
  retryMs: 1_000,
} as const;

/** What may activate a pipeline without an event. */
interface Watched {
  readonly pipeline: RegisteredPipeline;
  readonly shard: string;
  /** Names it among those of the pipeline. */
  readonly name: string;
  readonly needs: readonly Need[];
  /** It stands among the triggers of a `T.Any` with events: it is told as one. */
  readonly isAlternative: boolean;
}

export interface ConditionTriggersParts {
  readonly book: ConditionBook;
  readonly catalog: Catalog;
  readonly activator: Activator;
  readonly occurrences: Pick<Occurrences, "admit">;
  readonly policies: Pick<PolicyBook, "onChange">;
  readonly database: Database;
  readonly holder: Pick<ShardHolder, "termOf" | "onChange" | "controllerId">;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class ConditionTriggers implements Service {
  readonly name = "condition triggers";
  readonly #parts: ConditionTriggersParts;
  readonly #tasks: BackgroundTasks;
  readonly #stopping = new AbortController();
  readonly #stoppers: (() => void)[] = [];
  #isChanged = true;
  #isListChanged = true;
  #wake: (() => void) | undefined;

  constructor(parts: ConditionTriggersParts) {
    this.#parts = parts;
    this.#tasks = new BackgroundTasks((error) => parts.logger.error({ error }, "condition triggers ended"));
  }

  async start(): Promise<void> {
    const { book, catalog, database, holder, policies } = this.#parts;
    book.restore(await readConditionStates(database));
    book.follow(catalog.pipelines.values());
    this.#stoppers.push(
      book.onChange(() => this.#lookSoon()),
      catalog.onChange(() => this.#follow()),
      holder.onChange(() => this.#lookSoon()),
      policies.onChange(() => this.#lookSoon()),
    );
    this.#tasks.add(this.#run(this.#stopping.signal));
  }

  async stop(): Promise<void> {
    for (const stop of this.#stoppers.splice(0)) stop();
    this.#stopping.abort();
    await this.#tasks.drain();
  }

  #follow(): void {
    this.#isListChanged = true;
    this.#parts.book.follow(this.#parts.catalog.pipelines.values());
    this.#lookSoon();
  }

  #lookSoon(): void {
    this.#isChanged = true;
    this.#wake?.();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#parts;
    while (!signal.aborted) {
      this.#isChanged = false;
      let waitMs: number = limits.sleepMs;
      try {
        await this.#writeStates();
        await this.#look();
      } catch (error) {
        logger.warn({ error }, "conditions could not be looked at; trying again");
        waitMs = limits.retryMs;
      }
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      if (!this.#isChanged || waitMs === limits.retryMs) {
        await clock.sleep(waitMs, AbortSignal.any([signal, woken.signal]));
      }
    }
  }

  async #writeStates(): Promise<void> {
    const { book, database, holder } = this.#parts;
    const isMine = (key: string) => holder.termOf(shardOfTriggers(key)) !== undefined;
    const changes = book.takeChanges(isMine);
    if (changes.length > 0) await writeConditionStates(database, changes);
    if (!this.#isListChanged) return;
    this.#isListChanged = false;
    await removeConditionStates(database, [...book.conditions.keys()]);
  }

  async #look(): Promise<void> {
    const { catalog, database, holder } = this.#parts;
    const held = triggerShards.filter((shard) => holder.termOf(shard) !== undefined);
    const watched = [...catalog.pipelines.values()].flatMap(watchedOf).filter(({ shard }) => held.includes(shard));
    const uses = await readConditionUses(database, held);
    const known = new Set(watched.map(({ pipeline, name }) => JSON.stringify([pipeline.id, name])));
    const gone = uses.filter(({ pipelineId, need }) => !known.has(JSON.stringify([pipelineId, need])));
    const usedBy = Map.groupBy(uses, ({ pipelineId, need }) => JSON.stringify([pipelineId, need]));
    if (gone.length > 0) await endConditionUses(database, gone);
    for (const one of watched) {
      const used = usedBy.get(JSON.stringify([one.pipeline.id, one.name])) ?? [];
      await this.#lookAt(one, new Set(used.map(({ site }) => site)));
    }
  }

  async #lookAt(watched: Watched, used: ReadonlySet<string>): Promise<void> {
    const { activator, book, database } = this.#parts;
    const { pipeline, needs, name } = watched;
    const holding = heldSites(pipeline, needs, book);
    const sites = new Set(holding.map(({ site }) => site));
    const ended = [...used].filter((site) => !sites.has(site) && this.#isSeen(watched, site));
    if (ended.length > 0) {
      await endConditionUses(
        database,
        ended.map((site) => ({ pipelineId: pipeline.id, need: name, site })),
      );
    }
    const fresh = holding.filter(({ site }) => !used.has(site));
    if (fresh.length > 0 && !activator.isSuspended(pipeline)) await this.#use(watched, fresh);
  }

  /** Whether it is known that something of it does not hold there. */
  #isSeen({ pipeline, needs }: Watched, site: string): boolean {
    const { book } = this.#parts;
    return needs.some((need) =>
      need.triggers.every((trigger) => {
        const condition = conditionOf(trigger, pipeline.plan);
        const standings = condition && book.standingsOf(condition);
        const standing = standings?.get(site) ?? standings?.get(everywhere);
        return standing !== undefined && standing.state !== "on";
      }),
    );
  }

  async #use(watched: Watched, fresh: readonly Held[]): Promise<void> {
    const { clock, database, holder } = this.#parts;
    const { pipeline, shard, name } = watched;
    const term = holder.termOf(shard);
    if (term === undefined) return;
    await database.transaction(async (transaction) => {
      // Whoever holds the shard now decides.
      if (!(await holdsTerm(transaction, shard, holder.controllerId, term))) return;
      const uses: ConditionUse[] = fresh.map(({ site }) => ({ pipelineId: pipeline.id, need: name, site }));
      const taken = await useConditions(transaction, shard, new Date(clock.now()), uses);
      const sites = new Set(taken.map(({ site }) => site));
      const mine = fresh.filter(({ site }) => sites.has(site));
      await (watched.isAlternative ? this.#tell(transaction, mine) : this.#activate(transaction, watched, mine));
    });
  }

  /** As an event of its trigger, for whatever else the pipeline waits for. */
  async #tell(transaction: Queryable, held: readonly Held[]): Promise<void> {
    const occurrences = held.flatMap(({ units }) =>
      units.flatMap(({ events }) =>
        events.map(({ pipelineId, triggerKey, fields, host }) => ({
          ...{ pipelineId, triggerKey, fields, host },
          dedupeKey: null,
        })),
      ),
    );
    await this.#parts.occurrences.admit(transaction, occurrences);
  }

  async #activate(transaction: Queryable, { pipeline, needs }: Watched, held: readonly Held[]): Promise<void> {
    const { activator } = this.#parts;
    const [trigger] = needs.flatMap((need) => need.triggers);
    const activations = held.flatMap(({ site, units }) => {
      const request = {
        pipelineId: pipeline.id,
        triggerName: units[0]?.trigger.name ?? trigger?.name ?? "",
        triggerKey: units[0]?.trigger.key ?? trigger?.key ?? null,
        triggerContext: this.#contextOf(telling(units)),
        inputs: inputsOfUnits(units),
        dedupeKey: null,
        host: site === everywhere ? null : site,
      };
      const prepared = activator.prepare(request);
      if (prepared.kind === "prepared") return [prepared.activation];
      activator.note(request, prepared);
      return [];
    });
    if (activations.length > 0) await insertActivations(transaction, activations);
  }

  #contextOf(units: Held["units"]) {
    return units.length > 0 ? contextOfUnits(units) : { timestamp: new Date(this.#parts.clock.now()).toISOString() };
  }
}

function watchedOf(pipeline: RegisteredPipeline): Watched[] {
  const { all, isByHand } = needsOf(pipeline.plan);
  const shard = shardOfTriggers(splitPipelineId(pipeline.id).namespace);
  const nameOf = (needs: readonly Need[]) => needs.map(({ key }) => key).join(" ");
  // Conditions of a pipeline that people or others start say when they may.
  if (isByHand) return [];
  if (all.length > 0 && all.every(({ kind }) => kind === "condition")) {
    return [{ pipeline, shard, name: nameOf(all), needs: all, isAlternative: false }];
  }
  const events = all.filter(({ kind }) => kind === "event");
  return events.flatMap(({ triggers }) =>
    triggers
      .filter(({ kind }) => kind === "condition")
      .map((trigger) => {
        const needs = [{ key: trigger.key, kind: "condition" as const, triggers: [trigger] }];
        return { pipeline, shard, name: nameOf(needs), needs, isAlternative: true };
      }),
  );
}
