import type { Clock, Logger } from "@polyglot/service";
import type { Cancellation, ExecutionRequest } from "@polyglot/contracts/service";
import type { AttemptReport } from "../execute/attempt.ts";
import type { Executioner } from "../execute/executioner.ts";
import type { PreparedPlan } from "../execute/prepared-plan.ts";
import { at, type PolyglotErrorName, raised } from "../execute/raised.ts";
import type { Link } from "../link/link.ts";
import type { PlanCache } from "../link/plan-cache.ts";
import { attemptOf, resultOf } from "./messages.ts";

export interface RequestTakerParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly plans: PlanCache<PreparedPlan>;
  readonly executioner: Executioner;
  readonly link: Link;
}

/** Hands requests of the controllers to the executioner, with their plans. */
export class RequestTaker {
  readonly #parts: RequestTakerParts;

  constructor(parts: RequestTakerParts) {
    this.#parts = parts;
  }

  /** An attempt that was taken has an end, whatever is wrong with its request: else it would be held for good. */
  take(request: ExecutionRequest): void {
    try {
      this.#start(request);
    } catch (problem) {
      this.#fail(request, "RuntimeError", `the agent cannot read the request: ${String(problem)}`);
    }
  }

  end({ executionId, attemptNo, mode, reason }: Cancellation): void {
    const { executioner } = this.#parts;
    if (mode === "kill")
      executioner.end(executionId, attemptNo, { kind: "killed", error: raised("KilledError", reason) });
    else executioner.end(executionId, attemptNo, { kind: "cancelled", reason });
  }

  #start(request: ExecutionRequest): void {
    const { plans, executioner, link, logger } = this.#parts;
    const found = plans.find(request.planDigest, request.executionPlan);
    switch (found.kind) {
      case "plan":
        if (!executioner.execute(attemptOf(request), found.plan)) link.drop(request);
        return;
      case "missing":
        // The next stream's greeting names the plans that are here, and this attempt is not among those held.
        logger.warn({ plan: request.planDigest }, "a request came without its plan: greeting the controllers anew");
        link.drop(request);
        return link.reconnect();
      case "damaged":
        return this.#fail(request, "ConfigError", found.message);
    }
  }

  #fail(request: ExecutionRequest, name: PolyglotErrorName, message: string): void {
    const attempt = attemptOf({ ...request, inputs: noInputs });
    const now = this.#parts.clock.now();
    const report: AttemptReport = {
      outcome: "failed",
      outputs: {},
      error: at("", raised(name, message)),
      cleanup: "none",
      steps: [],
      cost: { cpuTimeMs: 0, memoryPeakMb: 0, durationMs: 0, conversionMs: 0 },
      waitMs: 0,
      startedAt: now,
      endedAt: now,
    };
    this.#parts.link.report(resultOf(attempt, report));
    this.#parts.link.leave(attempt);
  }
}

const noInputs = new Uint8Array();
