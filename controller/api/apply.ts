import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  AppliedObjectSchema,
  ApplyResponseSchema,
  type PolyglotService,
  ReconcileResponseSchema,
} from "@polyglot/contracts/service";
import type { ManualApply, ManualResult } from "../gitops/manual-apply.ts";
import type { Reconciler } from "../gitops/reconciler.ts";
import type { Database } from "../store/database.ts";
import type { Catalog } from "../triggers/catalog.ts";
import { apiError } from "./api-error.ts";
import { toDiagnostic } from "./listings.ts";
import { confirmPruneOf, type RepositoryParts, requireRepository } from "./repositories.ts";
import { toFileSet } from "./source-files.ts";

export interface ApplyParts extends RepositoryParts {
  readonly database: Database;
  readonly catalog: Catalog;
  readonly manual: ManualApply;
  readonly reconciler: Pick<Reconciler, "ask">;
}

export function applyMethods(parts: ApplyParts): Pick<ServiceImpl<typeof PolyglotService>, "apply" | "reconcile"> {
  const { database, catalog, manual, reconciler } = parts;
  return {
    async apply({ files, dryRun, planHash, prune }, { signal }) {
      const result = await manual.apply(toFileSet(files), { dryRun, planHash, prune }, signal);
      // What was applied can be run with the next call.
      if (result.kind === "applied" && !dryRun) await catalog.refresh();
      return toResponse(result);
    },

    async reconcile({ repository, confirmPrune }, context) {
      if (confirmPrune !== "") await confirmPruneOf(parts, repository, confirmPrune, context);
      else if (repository !== "") await requireRepository(database, repository);
      await reconciler.ask(repository);
      return create(ReconcileResponseSchema);
    },
  };
}

/** Files in error are said in the answer and nothing of them is applied; a refusal is an error. */
function toResponse(result: ManualResult) {
  switch (result.kind) {
    case "invalid":
      return create(ApplyResponseSchema, { diagnostics: result.diagnostics.map(toDiagnostic) });
    case "applied": {
      const objects = result.objects.map(({ kind, namespace, name, change }) =>
        create(AppliedObjectSchema, { kind, name: namespace === "" ? name : `${namespace}#${name}`, change }),
      );
      return create(ApplyResponseSchema, { objects, diagnostics: result.diagnostics.map(toDiagnostic) });
    }
    case "owned": {
      const { object, repository } = result;
      const what = object.namespace === "" ? `${object.kind} '${object.name}'` : `the namespace '${object.namespace}'`;
      throw apiError("apply/owned", `${what} belongs to repository '${repository}', so only a push to it changes it`);
    }
    case "moved": {
      const message = `what would be changed has moved since that plan was made: the plan of now is ${result.hash}`;
      throw apiError("apply/moved", message, "plan_hash");
    }
    case "failed":
      throw apiError("apply/invalid", result.message);
  }
}
