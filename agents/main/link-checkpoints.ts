/** From what the journal of an attempt asks to the methods that the link calls. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { Approval, CheckpointPage } from "@polyglot/contracts/service";
import type { Attempt } from "../execute/attempt.ts";
import type {
  ApprovalQuestion,
  Checkpoint,
  Checkpoints,
  Committed,
  Decision,
  StepEnding,
} from "../execute/checkpoints.ts";
import { type Ask, CallGivenUp } from "../link/attempt-calls.ts";
import type { Link } from "../link/link.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class LinkCheckpoints implements Checkpoints {
  readonly #link: Pick<Link, "ask" | "sessionId">;
  readonly #attempt: Pick<Attempt, "executionId" | "attemptNo">;
  readonly #signal: AbortSignal;

  constructor(link: Pick<Link, "ask" | "sessionId">, { executionId, attemptNo }: Attempt, signal: AbortSignal) {
    this.#link = link;
    this.#attempt = { executionId, attemptNo };
    this.#signal = signal;
  }

  read(): Promise<Committed | "stale" | "given up"> {
    const request = this.#request();
    return this.#ask(async (client, options) => {
      const pages: CheckpointPage[] = [];
      for await (const page of client.readCheckpoint(request, options)) pages.push(page);
      return pages.length === 0 ? "stale" : committedOf(pages);
    });
  }

  save(
    checkpoints: readonly Checkpoint[],
    questions: readonly ApprovalQuestion[],
  ): Promise<"saved" | "stale" | "given up"> {
    const request = {
      ...this.#request(),
      checkpoints: checkpoints.map(({ place, ending }) => ({ nodeId: place, ending: encode(ending) })),
      approvals: questions.map(({ place, ...rest }) => ({ nodeId: place, ...rest })),
    };
    return this.#ask(async (client, options) => {
      const { accepted } = await client.saveCheckpoint(request, options);
      return accepted ? "saved" : "stale";
    });
  }

  #request() {
    return { attempt: this.#attempt, sessionId: this.#link.sessionId };
  }

  async #ask<Answer>(ask: Ask<Answer>): Promise<Answer | "given up"> {
    try {
      return await this.#link.ask(this.#attempt, this.#signal, ask);
    } catch (error) {
      if (error instanceof CallGivenUp) return "given up";
      throw error;
    }
  }
}

function committedOf(pages: readonly CheckpointPage[]): Committed {
  return {
    checkpoints: pages.flatMap((page) =>
      page.checkpoints.map(({ nodeId, ending }) => ({ place: nodeId, ending: decode(ending) })),
    ),
    decisions: pages.flatMap((page) => page.approvals.map(decisionOf)),
  };
}

function decisionOf({ nodeId, decision, decidedBy, reply }: Approval): Decision {
  const known = (["approved", "rejected", "expired"] as const).find((word) => word === decision);
  return { place: nodeId, decision: known ?? "undecided", decidedBy, reply };
}

const encode = (ending: StepEnding): Uint8Array<ArrayBuffer> => encoder.encode(JSON.stringify(ending));

/** As `encode` of this or an earlier version of the agent wrote it. */
const decode = (bytes: Uint8Array): StepEnding => JSON.parse(decoder.decode(bytes)) as StepEnding & CanonicalValue;
