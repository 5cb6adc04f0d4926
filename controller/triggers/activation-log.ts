/**
 * Tells of occurrences that activated nothing: an activation has a row of its own. It is told off the path of events and
 * in batches; the same occurrence again and again is one row with a count. Where more comes than can be written the rest
 * is counted in the log of the program.
 */
import { createExecutionId } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger } from "@polyglot/service";
import { type LoggedOccurrence, logOccurrences, type PassingDecision } from "../store/activation-log.ts";
import type { Queryable } from "../store/database.ts";
import type { ActivationRequest } from "./activator.ts";

const limits = {
  /** How long a row may wait for others. */
  flushMs: 250,
  /** Rows that wait; beyond it they are only counted. */
  rows: 5_000,
  reasonCharacters: 1_000,
  /** Characters of a context that is kept whole; of a larger one only the names of its fields are. */
  contextCharacters: 4_096,
  /** Characters of a name that came from outside. */
  nameCharacters: 300,
} as const;

/** What happened, as far as the log tells of it. */
export type LoggedEvent = Pick<ActivationRequest, "pipelineId" | "triggerName" | "triggerKey" | "triggerContext">;

export class ActivationLog {
  readonly #database: Queryable;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #tasks: BackgroundTasks;
  readonly #stopping = new AbortController();
  #rows = new Map<string, LoggedOccurrence>();
  #left = 0;
  #running = false;

  constructor(database: Queryable, clock: Clock, logger: Logger) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
    this.#tasks = new BackgroundTasks((error) => logger.warn({ error }, "could not write the activation log"));
  }

  /** Resolves when all that was noted is written. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#tasks.drain();
  }

  /** Resolves when all that was noted so far is written. */
  async written(): Promise<void> {
    await this.#tasks.drain();
  }

  /** `key`: occurrences of one key are the same one. */
  note(event: LoggedEvent, decision: PassingDecision, reason: string, key: string, executionId: string | null): void {
    const place = JSON.stringify([event.pipelineId, event.triggerKey, decision, reason, key]);
    const known = this.#rows.get(place);
    if (known !== undefined) this.#rows.set(place, { ...known, times: known.times + 1 });
    else if (this.#rows.size >= limits.rows) this.#left += 1;
    else this.#rows.set(place, this.#row(event, decision, reason, executionId));
    if (this.#running) return;
    this.#running = true;
    this.#tasks.add(this.#writeSoon());
  }

  #row(event: LoggedEvent, decision: PassingDecision, reason: string, executionId: string | null): LoggedOccurrence {
    return {
      occurrenceId: createExecutionId(),
      pipelineId: event.pipelineId.slice(0, limits.nameCharacters),
      triggerName: event.triggerName,
      triggerKey: event.triggerKey,
      decision,
      reason: reason.slice(0, limits.reasonCharacters),
      executionId,
      triggerContext: shortened(event.triggerContext),
      times: 1,
      at: new Date(this.#clock.now()),
    };
  }

  async #writeSoon(): Promise<void> {
    try {
      while (this.#rows.size > 0) {
        await this.#clock.sleep(limits.flushMs, this.#stopping.signal);
        await this.#write();
      }
    } finally {
      this.#running = false;
    }
  }

  async #write(): Promise<void> {
    const rows = [...this.#rows.values()];
    this.#rows = new Map();
    if (this.#left > 0) this.#logger.warn({ left: this.#left }, "the activation log left occurrences out");
    this.#left = 0;
    // A store that is away has lost more than these rows: whoever sent the events was refused as well.
    await logOccurrences(this.#database, rows);
  }
}

function shortened(context: LoggedEvent["triggerContext"]): LoggedEvent["triggerContext"] {
  if (JSON.stringify(context).length <= limits.contextCharacters) return context;
  return {
    ...("timestamp" in context ? { timestamp: context["timestamp"] ?? null } : {}),
    left_out: Object.keys(context),
  };
}
