/** Takes over the work of agents that are gone, so that every attempt ends. */
import { defaults } from "@polyglot/contracts";
import { BackgroundTasks, type Clock, type Logger } from "@polyglot/service";
import { expireAgents } from "../store/agents.ts";
import type { Database } from "../store/database.ts";
import { handBackAttempts, type RunningExecution } from "../store/executions.ts";
import type { RunningAttempt } from "./attempt-result.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { RunningSet } from "./running-set.ts";
import type { Settler } from "./settler.ts";

export interface Reference {
  readonly executionId: string;
  readonly attemptNo: number;
}

/** What an agent says of itself on a new stream: what it has, and what it had and lost. */
export interface AgentAttempts {
  readonly held: readonly Reference[];
  readonly lost: readonly Reference[];
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
  readonly #inDoubt = new Set<string>();

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
  doubt(executionIds: readonly string[]): void {
    for (const id of executionIds) this.#inDoubt.add(id);
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
    if (this.#inDoubt.size === 0 || !this.#dispatcher.isQuiet) return;
    const doubted = new Set(this.#inDoubt);
    this.#inDoubt.clear();
    const isUntold = ({ executionId, held }: RunningExecution) =>
      held && doubted.has(executionId) && this.#running.peek(executionId) === undefined;
    await this.handBack(attempts.filter(isUntold));
  }

  /**
   * An agent opened a stream: attempts of its older sessions, and those that it lost, have ended. What was sent from here
   * and never came is handed back, for its stream has ended before this one began; what another controller sent may still
   * be on its way, and counts as lost.
   */
  async reclaim(agentId: string, sessionId: string, said: AgentAttempts): Promise<void> {
    const held = new Set(said.held.map(keyOf));
    const lost = new Set(said.lost.map(keyOf));
    const attempts = await this.#running.read();
    const own = attempts.filter((attempt) => attempt.agentId === agentId);
    const [present, restarted] = split(own, (attempt) => attempt.sessionId === sessionId);
    const [known, unknown] = split(present, (attempt) => held.has(keyOf(attempt)));
    for (const { executionId } of known) this.#running.confirm(executionId);
    const [undelivered, gone] = split(unknown, (attempt) => this.#wasSent(attempt) && !lost.has(keyOf(attempt)));
    await this.#lose(restarted, "the agent's process ended");
    await this.#lose(gone, "the execution did not reach the agent");
    await this.handBack(undelivered);
  }

  /** They never reached an agent: they wait again, and the attempt does not count as one that was used. */
  async handBack(attempts: readonly RunningAttempt[]): Promise<void> {
    if (attempts.length === 0) return;
    await handBackAttempts(this.#database, attempts);
    for (const attempt of attempts) this.#running.remove(attempt);
    this.#logger.info({ executions: attempts.length }, "executions that did not reach their agent wait again");
  }

  #wasSent({ executionId, attemptNo }: Reference): boolean {
    const known = this.#running.peek(executionId);
    return known?.attemptNo === attemptNo && known.known === "sent";
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#clock.sleep(defaults.renewMs, signal);
      if (signal.aborted || (this.#running.size === 0 && this.#inDoubt.size === 0)) continue;
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

const keyOf = ({ executionId, attemptNo }: Reference): string => `${executionId}/${attemptNo}`;

function split<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): readonly [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
