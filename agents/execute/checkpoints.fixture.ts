/** A controller's side of journals, in memory: what is real about it is tested where there is a controller. */
import type { Attempt } from "./attempt.ts";
import type { ApprovalQuestion, Checkpoint, Checkpoints, Decision } from "./checkpoints.ts";

export class CheckpointsFixture {
  /** By execution, each ending by its place. */
  readonly #committed = new Map<string, Map<string, Checkpoint>>();
  readonly questions = new Map<string, ApprovalQuestion>();
  readonly #decisions = new Map<string, Decision>();
  /** Executions whose attempts are told that they do not run any more. */
  readonly stale = new Set<string>();
  reads = 0;
  saves = 0;

  of({ executionId }: Pick<Attempt, "executionId">): Checkpoints {
    return {
      read: async () => {
        this.reads += 1;
        if (this.stale.has(executionId)) return "stale";
        return {
          checkpoints: [...this.#of(executionId).values()],
          decisions: [...this.questions.keys()].map((place) => this.#decisionAt(place)),
        };
      },
      save: async (checkpoints, questions) => {
        this.saves += 1;
        if (this.stale.has(executionId)) return "stale";
        for (const one of checkpoints) this.#of(executionId).set(one.place, JSON.parse(JSON.stringify(one)));
        for (const question of questions) this.questions.set(question.place, question);
        return "saved";
      },
    };
  }

  places(executionId: string): string[] {
    return [...this.#of(executionId).keys()].toSorted();
  }

  decide(place: string, decision: Decision["decision"], reply = ""): void {
    this.#decisions.set(place, { place, decision, decidedBy: "ann", reply });
  }

  #decisionAt(place: string): Decision {
    return this.#decisions.get(place) ?? { place, decision: "undecided", decidedBy: "", reply: "" };
  }

  #of(executionId: string): Map<string, Checkpoint> {
    const known = this.#committed.get(executionId) ?? new Map<string, Checkpoint>();
    this.#committed.set(executionId, known);
    return known;
  }
}
