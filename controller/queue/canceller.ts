import type { Database } from "../store/database.ts";
import { announceCancel, cancelWaiting, readAttempts } from "../store/executions.ts";
import type { AgentSession } from "./agent-session.ts";
import type { SettledExecution } from "./queue-events.ts";
import type { RunningSet } from "./running-set.ts";

interface Order {
  readonly executionId: string;
  readonly mode: "cancel" | "kill";
  readonly reason: string;
}

/** Ends executions on request. The order reaches the controller that has the agent by notification. */
export class Canceller {
  readonly #database: Database;
  readonly #running: RunningSet;
  readonly #sessions: () => Iterable<AgentSession>;
  readonly #onCancelled: (settled: readonly SettledExecution[]) => void;

  constructor(
    database: Database,
    running: RunningSet,
    sessions: () => Iterable<AgentSession>,
    onCancelled: (settled: readonly SettledExecution[]) => void,
  ) {
    this.#database = database;
    this.#running = running;
    this.#sessions = sessions;
    this.#onCancelled = onCancelled;
  }

  async cancel(executionId: string, mode: Order["mode"], reason: string): Promise<"cancelled" | "told" | "ended"> {
    if (await cancelWaiting(this.#database, executionId)) {
      this.#onCancelled([{ executionId, state: "cancelled" }]);
      return "cancelled";
    }
    const [attempt] = await readAttempts(this.#database, [executionId]);
    if (attempt === undefined) return "ended";
    await announceCancel(this.#database, JSON.stringify({ executionId, mode, reason } satisfies Order));
    return "told";
  }

  /** An order that some controller announced. */
  tell(payload: string): void {
    const order = JSON.parse(payload) as Order;
    const attempt = this.#running.peek(order.executionId);
    if (attempt === undefined) return;
    for (const session of this.#sessions()) {
      if (session.stream.sessionId !== attempt.sessionId) continue;
      session.stream.cancel([{ ...order, attemptNo: attempt.attemptNo }]);
    }
  }
}
