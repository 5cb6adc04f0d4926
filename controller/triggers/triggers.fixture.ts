/** For tests: registers pipelines as an apply would, and a catalog that sees them. */
import {
  createBundle,
  createPipelineId,
  digestOfPlan,
  canonicalJson,
  type Plan,
  type PlanInput,
  planVersion,
  type TriggerRegistration,
} from "@polyglot/contracts";
import { silentLogger, systemClock } from "@polyglot/service";
import { QueueRegistry } from "../registry/queue-registry.ts";
import type { Database } from "../store/database.ts";
import { writeObjects } from "../store/objects.ts";
import { PlanCache } from "../store/plan-cache.ts";
import { writeBundles, writePlans } from "../store/plans.ts";
import { PolicyBook } from "../policies/policy-book.ts";
import { ActivationLog } from "./activation-log.ts";
import { Activator } from "./activator.ts";
import { Catalog } from "./catalog.ts";
import { followersOf } from "./followers.ts";
import { FileTriggers } from "./file-triggers.ts";
import { Occurrences } from "./occurrences.ts";

export interface PipelineParts {
  readonly name: string;
  readonly inputs?: PlanInput[];
  readonly triggers?: TriggerRegistration[];
}

const namespace = "io.test>Triggers";

export async function register(database: Database, parts: PipelineParts): Promise<string> {
  const id = createPipelineId(namespace, parts.name);
  const plan: Plan = {
    version: planVersion,
    pipeline_id: id,
    inputs: parts.inputs ?? [],
    triggers: parts.triggers ?? [],
    queue: { queue: "Default" },
    callees: {},
    wrappers: [],
    runtimes: {},
    setup: [],
    run: [],
    cleanup: [],
    outputs: [],
  };
  const bundle = createBundle(new Map());
  const digest = digestOfPlan(plan);
  await writeBundles(database, [bundle]);
  await writePlans(database, [
    {
      digest,
      pipelineId: id,
      plan: canonicalJson(plan),
      positions: {},
      bundle: bundle.digest,
      followers: followersOf(plan),
    },
  ]);
  await writeObjects(
    database,
    [
      {
        kind: "Pipeline",
        namespace,
        name: parts.name,
        spec: { plan_digest: digest },
        specDigest: digest,
        file: "test.pg",
        inForce: true,
      },
    ],
    { repository: null, revision: null },
    new Date(),
  );
  return id;
}

/** An object of a kind, as an apply would store it. */
export async function declare(database: Database, kind: string, name: string, spec: object): Promise<void> {
  const object = {
    kind,
    namespace: "",
    name,
    spec,
    specDigest: JSON.stringify(spec),
    file: "test.yaml",
    inForce: true,
  };
  await writeObjects(database, [object], { repository: null, revision: null }, new Date());
}

export const fileTrigger = (name: string, pattern: string): TriggerRegistration => ({
  key: `${name}:${pattern}`,
  name: `T.System.File.${name}`,
  kind: "event",
  arguments: { path: pattern },
  bindings: [{ field: "file_path", input: "path" }],
  any: [],
});

export interface TriggerWorld extends AsyncDisposable {
  readonly catalog: Catalog;
  readonly activator: Activator;
  readonly policies: PolicyBook;
  readonly registry: QueueRegistry;
  readonly occurrences: Occurrences;
  readonly files: FileTriggers;
  readonly log: ActivationLog;
}

export async function startTriggers(database: Database): Promise<TriggerWorld> {
  const catalog = new Catalog(database, new PlanCache(database), silentLogger);
  const log = new ActivationLog(database, systemClock, silentLogger);
  const policies = new PolicyBook(database, silentLogger);
  const registry = new QueueRegistry(database, silentLogger);
  const activator = new Activator(catalog, policies, registry, database, systemClock, log);
  const occurrences = new Occurrences(catalog, activator, database, systemClock);
  await policies.start();
  await catalog.start();
  await registry.start();
  return {
    catalog,
    activator,
    policies,
    registry,
    log,
    occurrences,
    files: new FileTriggers(catalog, occurrences, database, systemClock),
    [Symbol.asyncDispose]: async () => {
      await activator.drain();
      await log.stop();
      await registry.stop();
      await catalog.stop();
      await policies.stop();
    },
  };
}
