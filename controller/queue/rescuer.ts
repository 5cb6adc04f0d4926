/** Takes over the work of agents that are gone, so that every attempt ends. */
import { defaults } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger } from "@polyglot/service";
import { expireAgents } from "../store/agents.ts";
import type { Database } from "../store/database.ts";
import type { RunningExecution } from "../store/executions.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { RunningSet } from "./running-set.ts";
import type { Settler } from "./settler.ts";

interface Reference {
  readonly executionId: string;
  readonly attemptNo: number;
}

/** Claims under way. Quiet: there is none, so all that is claimed is in `running`. */
type Claims = Pick<Dispatcher, "isQuiet" | "isClaiming">;

export class Rescuer {
  readonly #database: Database;
  readonly #running: RunningSet;
  readonly #settler: Settler;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #tasks: BackgroundTasks;
  readonly #stopping = new AbortController();
  readonly #dispatcher: Claims;
  #inDoubt = false;

  constructor(
    database: Database,
    running: RunningSet,
    settler: Settler,
    dispatcher: Claims,
    clock: Clock,
    logger: Logger,
  ) {
    this.#database = database;
    this.#running = running;
    this.#settler = settler;
    this.#dispatcher = dispatcher;
    this.#clock = clock;
    this.#logger = logger;
    this.#tasks = new BackgroundTasks((error) => logger.warn({ error }, "the rescuer failed"));
  }

  start(): void {
    this.#tasks.add(this.#loop());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#tasks.drain();
  }

  /** A claim may have been committed without its answer: look for attempts that nobody was told of. */
  doubt(): void {
    this.#inDoubt = true;
  }

  /** Ends the sessions whose lease is over and the attempts that no living session has. */
  async sweep(): Promise<void> {
    await expireAgents(this.#database);
    const before = this.#running.snapshot((id) => this.#dispatcher.isClaiming(id));
    const attempts = await this.#running.read();
    this.#repair(before, attempts);
    await this.#lose(
      attempts.filter((attempt) => !attempt.held),
      "the agent's lease ran out",
    );
    if (!this.#inDoubt || !this.#dispatcher.isQuiet) return;
    this.#inDoubt = false;
    await this.#lose(
      attempts.filter((attempt) => attempt.held && this.#running.peek(attempt.executionId) === undefined),
      "the execution did not reach the agent",
    );
  }

  /** An agent opened a stream: attempts of its older sessions, and those that it does not know of, have ended. */
  async reclaim(agentId: string, sessionId: string, known: readonly Reference[]): Promise<void> {
    const held = new Set(known.map((one) => `${one.executionId}/${one.attemptNo}`));
    const attempts = await this.#running.read();
    const own = attempts.filter((attempt) => attempt.agentId === agentId);
    const restarted = own.filter((attempt) => attempt.sessionId !== sessionId);
    const unknown = own.filter(
      (attempt) => attempt.sessionId === sessionId && !held.has(`${attempt.executionId}/${attempt.attemptNo}`),
    );
    await this.#lose(restarted, "the agent's process ended");
    await this.#lose(unknown, "the execution did not reach the agent");
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#clock.sleep(defaults.renewMs, signal);
      if (signal.aborted || (this.#running.size === 0 && !this.#inDoubt)) continue;
      await this.sweep().catch((error: unknown) => this.#logger.warn({ error }, "could not look for lost work"));
    }
  }

  /** Places of what another controller settled, and of claims that came to nothing. */
  #repair(before: ReadonlySet<string>, attempts: readonly RunningExecution[]): void {
    const freed = this.#running.repair(before, attempts);
    if (freed > 0) this.#logger.info({ freed }, "places of executions that do not run any more are free");
  }

  async #lose(attempts: readonly RunningExecution[], message: string): Promise<void> {
    await Promise.all(
      attempts.map(async (attempt) => {
        await this.#settler.lose(attempt, message);
        this.#running.remove(attempt);
        this.#logger.warn(
          { execution: attempt.executionId, attempt: attempt.attemptNo, agent: attempt.agentId },
          message,
        );
      }),
    );
  }
}
