/** What people do about dead letters: look, mend inputs, begin anew, drop; one by one or all that fit a filter. */
import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { checkInputs, type Inputs, type PlanInput } from "@polyglot/contracts";
import {
  type DeadLetterFilter as AskedFilter,
  DeadLetterDetailsSchema,
  DropDeadLettersResponseSchema,
  GroupDeadLettersResponseSchema,
  ListDeadLettersResponseSchema,
  type PolyglotService,
} from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import { readKeepTimes } from "../queue/dead-letter-retention.ts";
import type { Queryable } from "../store/database.ts";
import {
  countDeadLetters,
  type DeadLetterFilter,
  type DeadLetterRow,
  dropDeadLetters,
  editDeadLetter,
  groupDeadLetters,
  readDeadLetters,
} from "../store/dead-letters.ts";
import { readAttemptHistory } from "../store/listings.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import type { Catalog } from "../triggers/catalog.ts";
import { apiError } from "./api-error.ts";
import { idOf, resolveExecution } from "./executions.ts";
import { toInput } from "./listings.ts";
import { pageSize } from "./page-size.ts";
import { requeueMethods, type RequeueParts } from "./requeues.ts";
import { toDeadLetter, toDeadLetterGroup } from "./to-dead-letter.ts";
import { toAttempt } from "./to-message.ts";

const limits = {
  /** Ids in one filter. */
  ids: 1_000,
  /** Letters that one call changes. */
  changed: 1_000,
  noteCharacters: 1_000,
  /** Of the attempts' steps, as JSON. */
  stepBytes: 4 * 1024 * 1024,
} as const;

export interface DeadLetterParts extends RequeueParts {
  readonly database: Queryable;
  readonly catalog: Catalog;
  readonly plans: PlanCache;
  readonly clock: Clock;
}

type Methods =
  | "listDeadLetters"
  | "groupDeadLetters"
  | "getDeadLetter"
  | "editDeadLetter"
  | "requeueDeadLetters"
  | "dropDeadLetters";

export function deadLetterMethods(parts: DeadLetterParts): Pick<ServiceImpl<typeof PolyglotService>, Methods> {
  const { database, catalog, clock } = parts;
  return {
    async listDeadLetters({ filter: asked, limit }) {
      const filter = await toFilter(parts, asked);
      const [rows, keep] = await Promise.all([
        readDeadLetters(database, filter, { limit: pageSize(limit) }),
        readKeepTimes(database),
      ]);
      return create(ListDeadLettersResponseSchema, { deadLetters: rows.map((row) => toDeadLetter(row, keep)) });
    },

    async groupDeadLetters({ filter }) {
      const groups = await groupDeadLetters(database, await toFilter(parts, filter));
      return create(GroupDeadLettersResponseSchema, { groups: groups.map(toDeadLetterGroup) });
    },

    async getDeadLetter({ executionId }) {
      const row = await readLetter(database, executionId);
      const [attempts, keep, declared] = await Promise.all([
        readAttemptHistory(database, row.execution_id, limits.stepBytes),
        readKeepTimes(database),
        declaredInputs(parts.plans, row),
      ]);
      return create(DeadLetterDetailsSchema, {
        deadLetter: toDeadLetter(row, keep),
        attempts: attempts.map(toAttempt),
        declared: declared.map(toInput),
        currentPlanDigest: catalog.find(row.pipeline_id)?.digest ?? "",
      });
    },

    async editDeadLetter({ executionId, inputs = {}, reset }) {
      const row = await readLetter(database, executionId);
      const edited = reset ? null : await editedInputs(parts.plans, row, inputs);
      if (!(await editDeadLetter(database, row.execution_id, edited))) throw alreadySettled(row);
      return toDeadLetter({ ...row, edited_inputs: edited }, await readKeepTimes(database));
    },

    ...requeueMethods(parts, (asked) => toChangeFilter(parts, asked)),

    async dropDeadLetters({ filter: asked, note }) {
      if (note.length > limits.noteCharacters) {
        throw apiError("request/invalid", `a note has at most ${limits.noteCharacters} characters`, "note");
      }
      const filter = { ...(await toChangeFilter(parts, asked)), settled: false };
      const at = new Date(clock.now());
      const dropped = await dropDeadLetters(database, filter, { limit: limits.changed, note, at });
      const remaining = await countDeadLetters(database, filter);
      return create(DropDeadLettersResponseSchema, { dropped: BigInt(dropped), remaining: BigInt(remaining) });
    },
  };
}

async function readLetter(database: Queryable, text: string): Promise<DeadLetterRow> {
  const id = await resolveExecution(database, text);
  const [row] = await readDeadLetters(database, { ...everything, executionIds: [id], settled: true }, { limit: 1 });
  if (row !== undefined) return row;
  throw apiError("dead-letter/unknown", `execution ${id} is no dead letter`, "execution_id");
}

async function declaredInputs(plans: PlanCache, { plan_digest: digest }: DeadLetterRow): Promise<readonly PlanInput[]> {
  await plans.load([digest]);
  return plans.get(digest)?.plan.inputs ?? [];
}

/** What it begins anew with: what it has now, with those that were given. */
async function editedInputs(plans: PlanCache, row: DeadLetterRow, given: Inputs): Promise<Inputs> {
  const { inputs, problems } = checkInputs(await declaredInputs(plans, row), {
    ...(row.edited_inputs ?? row.inputs),
    ...given,
  });
  const [first] = problems;
  if (first === undefined) return inputs;
  throw apiError(first.code, problems.map(({ message }) => message).join("; "), first.input);
}

const alreadySettled = ({ execution_id: id, settled_as: state }: DeadLetterRow) =>
  apiError("dead-letter/settled", `the dead letter ${id} is ${state ?? "settled"} by now`, "execution_id");

const everything: DeadLetterFilter = {
  queue: "",
  pipelineId: "",
  fingerprint: "",
  errorType: "",
  reason: "",
  since: null,
  until: null,
  executionIds: null,
  settled: false,
};

/** Of what is changed: a filter that says nothing would change all by mistake. */
async function toChangeFilter(parts: DeadLetterParts, asked: AskedFilter | undefined): Promise<DeadLetterFilter> {
  const filter = await toFilter(parts, asked);
  const says = Object.entries(filter).some(([name, value]) => name !== "settled" && value !== "" && value !== null);
  if (says) return filter;
  throw apiError("request/invalid", "which dead letters? A filter or ids have to be given", "filter");
}

async function toFilter(
  { database, catalog }: Pick<DeadLetterParts, "database" | "catalog">,
  asked: AskedFilter | undefined,
): Promise<DeadLetterFilter> {
  if (asked === undefined) return everything;
  const { queue, fingerprint, errorType, reason, since, until, executionIds, settled } = asked;
  if (executionIds.length > limits.ids) {
    throw apiError("request/too-large", `at most ${limits.ids} ids at once, got ${executionIds.length}`, "filter");
  }
  return {
    ...{ queue, fingerprint, errorType, reason, settled },
    pipelineId: asked.pipelineId === "" ? "" : idOf(catalog, asked.pipelineId),
    since: since === undefined ? null : timestampDate(since),
    until: until === undefined ? null : timestampDate(until),
    executionIds: executionIds.length === 0 ? null : await resolveAll(database, executionIds),
  };
}

const resolveAll = (database: Queryable, texts: readonly string[]): Promise<string[]> =>
  Promise.all(texts.map((text) => resolveExecution(database, text)));
