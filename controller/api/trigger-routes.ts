/** The parts of `/t` and `/hooks`, put together. */
import type { Clock, Logger } from "@polyglot/service";
import type { ControllerMetrics } from "../observe/metrics.ts";
import type { SecretSources } from "../secrets/secret-sources.ts";
import type { Queryable } from "../store/database.ts";
import type { ActivationLog } from "../triggers/activation-log.ts";
import type { Activator } from "../triggers/activator.ts";
import type { Catalog } from "../triggers/catalog.ts";
import type { EndpointTable } from "../triggers/endpoints/endpoint-table.ts";
import { HttpTrigger } from "../triggers/endpoints/http-trigger.ts";
import { createOpenApi } from "../triggers/endpoints/openapi.ts";
import type { RepositoryHook } from "../gitops/repository-hook.ts";
import { Pressure } from "../triggers/endpoints/pressure.ts";
import { RateBuckets } from "../triggers/endpoints/rate-buckets.ts";
import { TriggerSecrets } from "../triggers/endpoints/trigger-secrets.ts";
import type { Occurrence, Occurrences } from "../triggers/occurrences.ts";
import { WebhookTrigger } from "../triggers/webhooks/webhook-trigger.ts";
import type { Endings } from "./endings.ts";
import { measured } from "./executions.ts";
import type { PlainRoute } from "./routes.ts";
import { waitForOutcome } from "./trigger-outcome.ts";
import { TriggerRequests } from "./trigger-requests.ts";

export interface TriggerRouteParts {
  readonly database: Queryable;
  readonly catalog: Pick<Catalog, "pipelines">;
  readonly activator: Pick<Activator, "waiting">;
  readonly occurrences: Pick<Occurrences, "accept">;
  readonly endpoints: EndpointTable;
  readonly endings: Endings;
  readonly metrics: ControllerMetrics;
  readonly secrets: Pick<SecretSources, "read">;
  readonly log: Pick<ActivationLog, "note">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly repositories: Pick<RepositoryHook, "answer">;
  /** Where this controller is reached. */
  readonly url: string;
}

export interface TriggerRoutes {
  readonly requests: TriggerRequests;
  readonly plain: Readonly<Record<string, PlainRoute>>;
}

export function createTriggerRoutes(parts: TriggerRouteParts): TriggerRoutes {
  const { database, catalog, activator, endpoints: table, clock, logger, log } = parts;
  const shared = {
    ...{ table, clock, log },
    occurrences: { accept: (all: readonly Occurrence[]) => measured(parts, () => parts.occurrences.accept(all)) },
    secrets: new TriggerSecrets({ database, sources: parts.secrets, clock, logger }),
    rates: new RateBuckets(clock),
    pressure: new Pressure(database, activator, clock),
  };
  const http = new HttpTrigger({
    ...shared,
    waitForOutcome: (id, waitMs, signal) => waitForOutcome(parts, id, waitMs, signal),
  });
  const hooks = new WebhookTrigger(shared);
  const describe = () => createOpenApi(table.all, catalog.pipelines.values(), parts.url);
  return {
    requests: new TriggerRequests({ http, hooks, repositories: parts.repositories, database, clock, logger }),
    plain: {
      "/t/openapi.json": {
        contentType: "application/json",
        answer: async () => ({ status: 200, text: `${JSON.stringify(describe(), null, 2)}\n` }),
      },
    },
  };
}
