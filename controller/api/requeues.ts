/** Dead letters that begin anew: each once, however often it is asked for. */
import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { createExecutionId, type PipelineId } from "@polyglot/contracts";
import {
  type DeadLetterFilter as AskedFilter,
  type PolyglotService,
  type RequeuedDeadLetter,
  RequeuedDeadLetterSchema,
  RequeueDeadLettersResponseSchema,
} from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import { findFirstExecutions, insertReplays, type NewReplay } from "../store/activations.ts";
import type { Queryable } from "../store/database.ts";
import { countDeadLetters, type DeadLetterFilter, type DeadLetterRow, readDeadLetters } from "../store/dead-letters.ts";
import type { ActivationRequest, Activator } from "../triggers/activator.ts";
import { apiErrorMessage } from "./api-error.ts";

/** Letters that one call begins anew. */
const pageItems = 1_000;

export interface RequeueParts {
  readonly database: Queryable;
  readonly clock: Clock;
  readonly activator: Pick<Activator, "prepare">;
}

/** `toFilter` throws where nothing is asked for. */
export function requeueMethods(
  parts: RequeueParts,
  toFilter: (asked: AskedFilter | undefined) => Promise<DeadLetterFilter>,
): Pick<ServiceImpl<typeof PolyglotService>, "requeueDeadLetters"> {
  const { database } = parts;
  return {
    async requeueDeadLetters({ filter: asked, currentPlan, fromStart }) {
      const filter = await toFilter(asked);
      // Whoever names one that is settled hears what became of it.
      const shown = { ...filter, settled: filter.executionIds !== null };
      const letters = await readDeadLetters(database, shown, { limit: pageItems, oldestFirst: true });
      const plans = letters.map((letter) => planRequeue(parts, letter, { currentPlan, fromStart }));
      const begun = await begin(
        database,
        plans.flatMap((plan) => (plan.kind === "replay" ? [plan] : [])),
      );
      const remaining = await countDeadLetters(database, { ...filter, settled: false });
      const refused = plans.filter(({ kind }) => kind === "refused").length;
      return create(RequeueDeadLettersResponseSchema, {
        requeued: plans.map((plan) => (plan.kind === "replay" ? answerOf(plan, begun) : plan.answer)),
        remaining: BigInt(Math.max(0, remaining - refused)),
      });
    },
  };
}

interface Replay {
  readonly kind: "replay";
  readonly pipelineId: PipelineId;
  readonly replay: NewReplay & { readonly dedupeKey: string };
}

type Plan = Replay | { readonly kind: "settled" | "refused"; readonly answer: RequeuedDeadLetter };

interface Asked {
  readonly currentPlan: boolean;
  readonly fromStart: boolean;
}

/** The same key as that of `polyglot retry`: either of them begins it anew once. */
function planRequeue({ activator, clock }: RequeueParts, letter: DeadLetterRow, asked: Asked): Plan {
  const { execution_id: of, edited_inputs: edited, requeued_as: requeuedAs } = letter;
  const pipelineId = letter.pipeline_id as PipelineId;
  if (requeuedAs !== null) return { kind: "settled", answer: toRequeued(of, requeuedAs, "duplicate") };
  const at = new Date(clock.now());
  const triggerContext = { timestamp: at.toISOString(), replay_of: of };
  const key = { dedupeKey: `retry:${of}`, triggerName: "retry", triggerContext };
  // What was committed came of the inputs and the plan that it had.
  const fromStart = asked.fromStart || asked.currentPlan || edited !== null;
  const replay = { ...key, of, activationId: createExecutionId(), at, fromStart };
  const inputs = edited === null ? {} : { inputs: edited };
  if (!asked.currentPlan) return { kind: "replay", pipelineId, replay: { ...replay, ...inputs } };
  const event: ActivationRequest = {
    ...{ ...key, pipelineId, triggerKey: null, host: null },
    inputs: edited ?? letter.inputs,
  };
  const prepared = activator.prepare(event);
  if (prepared.kind === "refused") {
    const error = apiErrorMessage(prepared.code, prepared.message, prepared.field);
    return {
      kind: "refused",
      answer: create(RequeuedDeadLetterSchema, { executionId: of, decision: "refused", error }),
    };
  }
  const { activation: pin } = prepared;
  return { kind: "replay", pipelineId, replay: { ...replay, inputs: pin.inputs, pin } };
}

const toRequeued = (executionId: string, requeuedAs: string, decision: "requeued" | "duplicate"): RequeuedDeadLetter =>
  create(RequeuedDeadLetterSchema, { executionId, requeuedAs, decision });

interface Begun {
  readonly fresh: ReadonlySet<string>;
  /** Of keys that were used before, by pipeline and key. */
  readonly first: ReadonlyMap<string, string>;
}

async function begin(database: Queryable, plans: readonly Replay[]): Promise<Begun> {
  if (plans.length === 0) return { fresh: new Set(), first: new Map() };
  const fresh = await insertReplays(
    database,
    plans.map(({ replay }) => replay),
  );
  const doubles = plans.filter(({ replay }) => !fresh.has(replay.activationId));
  const keys = doubles.map(({ pipelineId, replay: { dedupeKey } }) => ({ pipelineId, dedupeKey }));
  return { fresh, first: doubles.length === 0 ? new Map() : await findFirstExecutions(database, keys) };
}

function answerOf({ pipelineId, replay }: Replay, { fresh, first }: Begun): RequeuedDeadLetter {
  if (fresh.has(replay.activationId)) return toRequeued(replay.of, replay.activationId, "requeued");
  const executionId = first.get(`${pipelineId}\n${replay.dedupeKey}`);
  if (executionId === undefined) throw new Error(`requeue of ${replay.of} was neither stored nor a duplicate`);
  return toRequeued(replay.of, executionId, "duplicate");
}
