import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  AppliedObjectSchema,
  ApplyResponseSchema,
  type PolyglotService,
  ReconcileResponseSchema,
  type SourceFile,
} from "@polyglot/contracts/service";
import type { ManualApply, ManualResult } from "../gitops/manual-apply.ts";
import type { Reconciler } from "../gitops/reconciler.ts";
import { type Queryable } from "../store/database.ts";
import { readObjectsOfKind } from "../store/objects.ts";
import type { Catalog } from "../triggers/catalog.ts";
import { apiError } from "./api-error.ts";
import { toDiagnostic } from "./listings.ts";

const limits = { files: 20_000, pathCharacters: 1_000 } as const;

export interface ApplyParts {
  readonly database: Queryable;
  readonly catalog: Catalog;
  readonly manual: ManualApply;
  readonly reconciler: Pick<Reconciler, "ask">;
}

export function applyMethods(parts: ApplyParts): Pick<ServiceImpl<typeof PolyglotService>, "apply" | "reconcile"> {
  const { database, catalog, manual, reconciler } = parts;
  return {
    async apply({ files, dryRun }, { signal }) {
      const result = await manual.apply(toFileSet(files), dryRun, signal);
      // What was applied can be run with the next call.
      if (result.kind === "applied" && !dryRun) await catalog.refresh();
      return toResponse(result);
    },

    async reconcile({ repository }) {
      if (repository !== "") await mustExist(database, repository);
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
    case "failed":
      throw apiError("apply/invalid", result.message);
  }
}

function toFileSet(files: readonly SourceFile[]): Map<string, Uint8Array> {
  if (files.length > limits.files) {
    throw apiError("request/too-large", `at most ${limits.files} files, got ${files.length}`, "files");
  }
  for (const { path } of files) {
    if (!isRelative(path)) throw apiError("request/invalid", `'${path.slice(0, 100)}' is not a relative path`, "files");
  }
  return new Map(files.map((file) => [file.path, file.content]));
}

function isRelative(path: string): boolean {
  const parts = path.split("/");
  return (
    path.length <= limits.pathCharacters &&
    !/[\0\\]/.test(path) &&
    parts.every((part) => part !== "" && part !== "." && part !== "..")
  );
}

async function mustExist(database: Queryable, name: string): Promise<void> {
  const repositories = await readObjectsOfKind(database, "GitRepository");
  if (repositories.some((repository) => repository.name === name)) return;
  const known = repositories.map((repository) => repository.name).join(", ") || "none";
  throw apiError("request/invalid", `no repository '${name}'; there are: ${known}`, "repository");
}
