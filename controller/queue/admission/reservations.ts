import { nothingReserved, type Reserved } from "../routing/agent-facts.ts";
import type { Demand } from "./demand.ts";

export interface Reservation {
  readonly agentId: string;
  readonly pipelineId: string;
  readonly requests: Demand["requests"];
  /** Whether it matters how many of the pipeline run there. */
  readonly isCounted: boolean;
}

/** What executions have set aside on their agents, from their admission to their end. Twice changes nothing. */
export class Reservations {
  readonly #taken = new Map<string, Reservation>();
  readonly #sums = new Map<string, Reserved>();
  readonly #counts = new Map<string, number>();

  of(agentId: string): Reserved {
    return this.#sums.get(agentId) ?? nothingReserved;
  }

  /** Of those that are counted. */
  count(pipelineId: string, agentId: string): number {
    return this.#counts.get(`${pipelineId}\n${agentId}`) ?? 0;
  }

  /** Most executions ask for nothing, and then nothing is kept. */
  take(executionId: string, reservation: Reservation): void {
    this.give(executionId);
    const { cores, memoryBytes, gpus } = reservation.requests;
    if (!reservation.isCounted && cores + memoryBytes + gpus === 0) return;
    this.#taken.set(executionId, reservation);
    this.#add(reservation, 1);
  }

  /** Whether it had any. */
  give(executionId: string): boolean {
    const reservation = this.#taken.get(executionId);
    if (reservation === undefined) return false;
    this.#taken.delete(executionId);
    this.#add(reservation, -1);
    return true;
  }

  #add({ agentId, pipelineId, requests }: Reservation, times: 1 | -1): void {
    const before = this.of(agentId);
    this.#sums.set(agentId, {
      cores: before.cores + times * requests.cores,
      memoryBytes: before.memoryBytes + times * requests.memoryBytes,
      gpus: before.gpus + times * requests.gpus,
    });
    const key = `${pipelineId}\n${agentId}`;
    const count = (this.#counts.get(key) ?? 0) + times;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
