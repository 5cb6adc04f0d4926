import type { ControllerMetrics } from "../observe/metrics.ts";
import type { Queryable } from "../store/database.ts";
import type { RecentFigures } from "../observe/queue-figures.ts";
import type { QueueRegistry } from "../registry/queue-registry.ts";
import { readAgents, readQueues, readStates } from "../store/listings.ts";
import { placesOf, utilisationOf } from "./queue-figures.ts";
import type { PlainRoute } from "./routes.ts";

const text = "text/plain; charset=utf-8";

export interface PlainParts {
  readonly database: Queryable;
  readonly metrics: ControllerMetrics;
  readonly figures: Pick<RecentFigures, "get">;
  readonly registry: Pick<QueueRegistry, "of">;
}

/** What monitors ask for, in their own formats. */
export function createPlainRoutes(parts: PlainParts): Record<string, PlainRoute> {
  const { database, metrics } = parts;
  return {
    // The process answers, whatever stands behind it.
    "/healthz": { contentType: text, answer: async () => ({ status: 200, text: "ok\n" }) },
    "/readyz": {
      contentType: text,
      answer: async () => {
        const answers = await readStates(database, []).then(
          () => true,
          () => false,
        );
        return answers ? { status: 200, text: "ready\n" } : { status: 503, text: "no store\n" };
      },
    },
    "/metrics": {
      contentType: metrics.contentType,
      answer: async () => {
        await tellQueues(parts);
        return { status: 200, text: await metrics.text() };
      },
    },
  };
}

async function tellQueues({ database, metrics, figures, registry }: PlainParts): Promise<void> {
  const [queues, agents, recent] = await Promise.all([readQueues(database), readAgents(database), figures.get()]);
  const places = placesOf(agents);
  metrics.setQueues(queues);
  metrics.setFigures(
    recent,
    new Map(queues.map(({ name, running }) => [name, utilisationOf(registry.of(name), running, places)])),
  );
}
