/** What an apply or a commit would change, before it does. */
import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { timestampFromDate, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { FileSet } from "@polyglot/contracts";
import {
  type PlanChangesRequest,
  PlanChangesResponseSchema,
  type PlannedChange,
  PlannedChangeSchema,
  type PolyglotService,
} from "@polyglot/contracts/service";
import type { Clock } from "@polyglot/service";
import { type ChangeDetails, describeChanges } from "../gitops/change-effects.ts";
import type { ChangePlanner, PlanScope } from "../gitops/change-planner.ts";
import type { FieldChange } from "../gitops/field-changes.ts";
import type { RepositorySource } from "../gitops/repository-files.ts";
import type { Database } from "../store/database.ts";
import type { PlanCache } from "../store/plan-cache.ts";
import { apiError } from "./api-error.ts";
import { toDiagnostic } from "./listings.ts";
import { requireRepository } from "./repositories.ts";
import { toFileSet } from "./source-files.ts";

const limits = {
  /** Executions of one change that are named with their places. */
  moves: 100,
  /** Sentences of one change. */
  refusals: 100,
} as const;

export interface ChangePlanParts {
  readonly database: Database;
  readonly planner: ChangePlanner;
  readonly source: RepositorySource;
  readonly plans: PlanCache;
  readonly clock: Clock;
}

export function changePlanMethods(parts: ChangePlanParts): Pick<ServiceImpl<typeof PolyglotService>, "planChanges"> {
  const { database, planner, plans, clock } = parts;
  return {
    async planChanges(request, { signal }) {
      const { files, scope, revision } = await readFiles(request, parts, signal);
      const plan = await planner.plan(files, scope, signal);
      if (plan.kind === "failed") throw apiError("apply/invalid", plan.message);
      const details = await describeChanges(plan, { database, plans, now: clock.now() });
      return create(PlanChangesResponseSchema, {
        hash: plan.hash,
        changes: details.map(toPlannedChange),
        unchanged: BigInt(plan.changes.length - details.length),
        diagnostics: plan.diagnostics.map(toDiagnostic),
        revision,
      });
    },
  };
}

interface Read {
  readonly files: FileSet;
  readonly scope: PlanScope;
  readonly revision: string;
}

async function readFiles(
  { files, repository, revision, prune }: PlanChangesRequest,
  { database, source }: ChangePlanParts,
  signal: AbortSignal,
): Promise<Read> {
  if (repository === "")
    return { files: toFileSet(files), scope: { repository: null, prune, protect: [] }, revision: "" };
  const { spec } = await requireRepository(database, repository);
  const scope = { repository, prune: spec.prune !== false, protect: spec.protect };
  if (files.length > 0) return { files: toFileSet(files), scope, revision: "" };
  const read = await source.read(spec, revision, signal);
  switch (read.kind) {
    case "read":
      return { files: read.files, scope, revision: read.commit };
    case "revision":
      throw apiError("request/invalid", `'${revision}' is no branch, tag (tags/NAME) or whole commit`, "revision");
    case "refused":
    case "unreachable":
      throw apiError("apply/invalid", read.message, "revision");
  }
}

function toPlannedChange({
  change,
  fields,
  planBefore,
  planAfter,
  files,
  open,
  schedules,
  admission,
}: ChangeDetails): PlannedChange {
  const { kind, namespace, name } = change.kind === "removed" ? change.actual : change.desired;
  return create(PlannedChangeSchema, {
    kind,
    name: namespace === "" ? name : `${namespace}#${name}`,
    change: change.kind,
    fields: fields.map(toField),
    planBefore: planBefore ?? "",
    planAfter: planAfter ?? "",
    files: [...files],
    effects: {
      running: BigInt(open.running),
      waiting: BigInt(open.waiting),
      moved: BigInt(admission.moves.length),
      moves: admission.moves.slice(0, limits.moves),
      refusals: admission.refusals.slice(0, limits.refusals),
      schedules: schedules.map(({ trigger, before, after }) => ({
        trigger,
        before: before.map(timestampFromDate),
        after: after.map(timestampFromDate),
      })),
    },
  });
}

const toField = ({ path, before, after }: FieldChange) => ({
  path,
  ...(before !== undefined && { before: toValue(before) }),
  ...(after !== undefined && { after: toValue(after) }),
});

const toValue = (value: JsonValue) => fromJson(ValueSchema, value);
